package io.fanfare.api;

import io.fanfare.event.EventType;
import io.fanfare.history.EventEntry;
import io.fanfare.history.EventFilter;
import io.fanfare.history.EventHistory;
import io.fanfare.id.IdKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads events: {@code GET /api/events} and {@code GET /api/events/{event_id}}. */
public final class EventsReadHandler implements ResourceHandler {
  private static final String CURSOR_KIND = "events";

  private final EventHistory history;
  private final Clock clock;

  public EventsReadHandler(EventHistory history, Clock clock) {
    this.history = history;
    this.clock = clock;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .get("/api/events", Permission.READ, this::list)
        .get("/api/events/:event_id", Permission.READ, this::one);
  }

  private Future<ApiResponse> list(ApiRequest request) {
    QueryReader query = request.query();
    Optional<String> eventType = query.text("event_type");
    if (eventType.isPresent() && !EventType.known(eventType.get())) {
      query.fault("event_type", "must be one of " + EventType.names());
    }
    Optional<String> projectId = query.text("project_id");
    DateRange dates = query.dates();
    Page page = query.page(CURSOR_KIND);
    Optional<UUID> before = HistoryCursor.id(page, IdKind.EVENT, query);
    query.end();
    Caller.ProjectFilter project = request.caller().listing(projectId.orElse(null));
    if (project.nothing()) {
      return Future.succeededFuture(answer(page, List.of(), 0));
    }
    EventFilter filter =
        new EventFilter(eventType.orElse(null), project.projectId(), dates.from(), dates.until());
    return history
        .page(filter, before.orElse(null), page.fetch(), page.offset())
        .compose(
            fetched ->
                HistoryCursor.total(page, fetched)
                    .map(Future::succeededFuture)
                    .orElseGet(() -> history.count(filter))
                    .map(total -> answer(page, fetched, total)));
  }

  private static ApiResponse answer(Page page, List<EventEntry> fetched, long total) {
    JsonArray events = new JsonArray();
    page.entries(fetched)
        .forEach(event -> events.add(members(event).put("deliveries", event.deliveries())));
    return ApiResponse.ok(
        new JsonObject()
            .put("events", events)
            .put("total", total)
            .put(
                "pagination",
                page.pagination(
                    fetched, last -> HistoryCursor.of(CURSOR_KIND, IdKind.EVENT, last.id()))));
  }

  private static JsonObject members(EventEntry event) {
    return new JsonObject()
        .put("event_id", IdKind.EVENT.format(event.id()))
        .put("event", event.type())
        .put("project_id", event.projectId())
        .put("timestamp", event.occurredAt())
        .put("created_at", Timestamps.millis(event.acceptedAt()));
  }

  private Future<ApiResponse> one(ApiRequest request) {
    UUID id = request.id("event_id", IdKind.EVENT, "event");
    request.noQuery();
    Caller caller = request.caller();
    return history
        .find(id)
        .map(
            found ->
                found
                    .filter(event -> caller.sees(event.event().projectId()))
                    .orElseThrow(() -> ApiException.notFound("event")))
        .compose(found -> one(caller, found));
  }

  private Future<ApiResponse> one(Caller caller, EventHistory.Found found) {
    return history
        .deliveries(found.event().id())
        .map(
            made -> {
              Instant now = clock.instant();
              JsonArray deliveries = new JsonArray();
              made.stream()
                  .filter(delivery -> caller.sees(delivery.webhookProjectId()))
                  .forEach(delivery -> deliveries.add(DeliveryJson.ofEvent(delivery, now)));
              JsonObject event = members(found.event()).put("deliveries", deliveries);
              return ApiResponse.ok(
                  RawJson.with(event, "data", out -> out.appendBuffer(found.data())));
            });
  }
}
