package io.fanfare.api;

import io.fanfare.delivery.DeliveryLifecycle;
import io.fanfare.delivery.Standing;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTraces;
import io.fanfare.history.DeliveryTraces.Placed;
import io.fanfare.history.EventHistory;
import io.fanfare.history.EventMatches;
import io.fanfare.history.Match;
import io.fanfare.history.WebhookFacts;
import io.fanfare.id.IdKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Says why: {@code GET /api/events/{event_id}/explain} and {@code GET
 * /api/deliveries/{delivery_id}/explain}.
 */
public final class ExplainHandler implements ResourceHandler {
  private static final String CURSOR_KIND = "explain";

  private final EventHistory events;
  private final EventMatches matches;
  private final DeliveryTraces traces;
  private final DeliveryLifecycle deliveries;
  private final Duration maxWait;
  private final Clock clock;

  /**
   * @param deliveries tells what is in memory
   * @param maxWait after which a delivery that could not be ended is given up
   */
  public ExplainHandler(
      EventHistory events,
      EventMatches matches,
      DeliveryTraces traces,
      DeliveryLifecycle deliveries,
      Duration maxWait,
      Clock clock) {
    this.events = events;
    this.matches = matches;
    this.traces = traces;
    this.deliveries = deliveries;
    this.maxWait = maxWait;
    this.clock = clock;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .get("/api/events/:event_id/explain", Permission.READ, this::event)
        .get("/api/deliveries/:delivery_id/explain", Permission.READ, this::delivery);
  }

  private Future<ApiResponse> delivery(ApiRequest request) {
    UUID id = request.id("delivery_id", IdKind.DELIVERY, "delivery");
    request.noQuery();
    return traces
        .find(id)
        .map(found -> found.orElseThrow(() -> ApiException.notFound("delivery")))
        .compose(
            placed ->
                traces
                    .webhook(placed.webhook())
                    .map(
                        found ->
                            found
                                .filter(webhook -> request.caller().sees(webhook.projectId()))
                                .orElseThrow(() -> ApiException.notFound("delivery")))
                    .compose(
                        webhook ->
                            explained(
                                placed.delivery().eventId(),
                                Map.of(placed.webhook(), webhook),
                                List.of(placed))))
        .map(explained -> ApiResponse.ok(explained.get(id)));
  }

  private Future<ApiResponse> event(ApiRequest request) {
    UUID id = request.id("event_id", IdKind.EVENT, "event");
    QueryReader query = request.query();
    Match only = query.choice("match", Match.WIRE_NAMES).flatMap(Match::ofWireName).orElse(null);
    Page page = query.pageByCursor(CURSOR_KIND);
    EventMatches.Place after = place(page, query);
    query.end();
    Caller caller = request.caller();
    return events
        .find(id)
        .map(
            found ->
                found
                    .filter(event -> caller.sees(event.event().projectId()))
                    .orElseThrow(() -> ApiException.notFound("event")))
        .compose(found -> event(caller, found, only, page, after));
  }

  private static EventMatches.Place place(Page page, QueryReader query) {
    Cursor cursor = page.cursor();
    if (cursor == null) {
      return EventMatches.Place.START;
    }
    if (cursor.values().size() == 2 && cursor.values().get(1).matches("\\d{1,9}")) {
      var match = Match.ofWireName(cursor.values().get(0));
      if (match.isPresent()) {
        return new EventMatches.Place(match.get(), Integer.parseInt(cursor.values().get(1)));
      }
    }
    query.fault("cursor", "must be the next_cursor of an answer for the same list and order");
    return EventMatches.Place.START;
  }

  private static Cursor cursor(EventMatches.Entry last) {
    return Cursor.of(CURSOR_KIND, last.match().wireName(), String.valueOf(last.webhook().number()));
  }

  private Future<ApiResponse> event(
      Caller caller,
      EventHistory.Found event,
      @Nullable Match only,
      Page page,
      EventMatches.Place after) {
    var counts = matches.counts(event, caller.projectId());
    var fetched = matches.page(event, caller.projectId(), only, after, page.fetch());
    return Future.all(counts, fetched)
        .compose(
            read -> {
              List<EventMatches.Entry> entries = page.entries(fetched.result());
              return explained(event, entries)
                  .map(
                      made ->
                          ApiResponse.ok(
                              answer(event, counts.result(), only, entries, made)
                                  .put(
                                      "pagination",
                                      page.pagination(fetched.result(), ExplainHandler::cursor))));
            });
  }

  private static JsonObject answer(
      EventHistory.Found event,
      Map<Match, Long> counts,
      @Nullable Match only,
      List<EventMatches.Entry> entries,
      Map<Integer, JsonObject> deliveries) {
    JsonObject byMatch = new JsonObject();
    long total = 0;
    for (Match match : Match.values()) {
      long count = counts.getOrDefault(match, 0L);
      byMatch.put(match.wireName(), count);
      total += only == null || only == match ? count : 0;
    }
    JsonArray webhooks = new JsonArray();
    entries.forEach(
        entry ->
            webhooks.add(
                ExplainJson.webhook(
                    entry.webhook(), entry.match(), deliveries.get(entry.webhook().number()))));
    return new JsonObject()
        .put("event_id", IdKind.EVENT.format(event.event().id()))
        .put("event", event.event().type())
        .put("project_id", event.event().projectId())
        .put("created_at", Timestamps.millis(event.event().acceptedAt()))
        .put("test", event.test())
        .put("counts", byMatch)
        .put("webhooks", webhooks)
        .put("total", total);
  }

  /** Explains the deliveries of those webhooks that matched, by their numbers. */
  private Future<Map<Integer, JsonObject>> explained(
      EventHistory.Found event, List<EventMatches.Entry> entries) {
    Map<Integer, WebhookFacts> matched = new HashMap<>();
    entries.stream()
        .filter(entry -> entry.match() == Match.MATCHED)
        .forEach(entry -> matched.put(entry.webhook().number(), entry.webhook()));
    UUID id = event.event().id();
    return traces
        .ofEvent(id, List.copyOf(matched.keySet()))
        .compose(
            found -> {
              List<Placed> placed = new ArrayList<>();
              found.forEach((webhook, delivery) -> placed.add(new Placed(webhook, delivery)));
              return explained(id, matched, placed)
                  .map(
                      byId -> {
                        Map<Integer, JsonObject> byWebhook = new HashMap<>();
                        placed.forEach(
                            one -> byWebhook.put(one.webhook(), byId.get(one.delivery().id())));
                        return byWebhook;
                      });
            });
  }

  private Future<Map<UUID, JsonObject>> explained(
      UUID event, Map<Integer, WebhookFacts> webhooks, List<Placed> placed) {
    var known = traces.of(event, placed);
    List<Future<Standing>> standings =
        placed.stream().map(one -> standing(one.webhook(), one.delivery())).toList();
    return known.compose(
        found ->
            Future.all(standings)
                .map(
                    told -> {
                      Instant now = clock.instant();
                      Map<UUID, JsonObject> explained = new HashMap<>();
                      for (int i = 0; i < placed.size(); i++) {
                        DeliveryEntry delivery = placed.get(i).delivery();
                        WebhookFacts webhook = webhooks.get(placed.get(i).webhook());
                        if (webhook != null) {
                          explained.put(
                              delivery.id(),
                              ExplainJson.delivery(
                                  new Explanation.Facts(
                                      webhook,
                                      delivery,
                                      found.get(delivery.id()),
                                      told.resultAt(i),
                                      maxWait,
                                      now)));
                        }
                      }
                      return explained;
                    }));
  }

  private Future<Standing> standing(int webhook, DeliveryEntry delivery) {
    return delivery.status() == DeliveryStatus.PENDING
        ? deliveries.standing(webhook, delivery.id())
        : Future.succeededFuture(Standing.ABSENT);
  }
}
