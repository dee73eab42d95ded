package io.fanfare.api;

import io.fanfare.delivery.Body;
import io.fanfare.event.Event;
import io.fanfare.event.EventType;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryFilter;
import io.fanfare.history.DeliveryHistory;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTotals;
import io.fanfare.id.IdKind;
import io.fanfare.stats.StatsReader;
import io.fanfare.stats.WebhookTotals;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads the deliveries of a webhook: {@code /api/webhooks/{webhook_id}/deliveries}. */
public final class DeliveriesHandler implements ResourceHandler {
  private static final String CURSOR_KIND = "deliveries";

  private final WebhookIndex webhooks;
  private final DeliveryHistory history;
  private final DeliveryTotals totals;
  private final StatsReader stats;
  private final Clock clock;

  public DeliveriesHandler(
      WebhookIndex webhooks,
      DeliveryHistory history,
      DeliveryTotals totals,
      StatsReader stats,
      Clock clock) {
    this.webhooks = webhooks;
    this.history = history;
    this.totals = totals;
    this.stats = stats;
    this.clock = clock;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .get("/api/webhooks/:webhook_id/deliveries", Permission.READ, this::list)
        .get("/api/webhooks/:webhook_id/deliveries/:delivery_id", Permission.READ, this::one);
  }

  private Future<ApiResponse> list(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, webhooks);
    QueryReader query = request.query();
    DeliveryFilter filter = filter(query);
    Page page = query.page(CURSOR_KIND);
    Optional<UUID> before = HistoryCursor.id(page, IdKind.DELIVERY, query);
    query.end();
    return history
        .page(webhook.number(), filter, before.orElse(null), page.fetch(), page.offset())
        .compose(fetched -> list(webhook, filter, page, fetched));
  }

  private Future<ApiResponse> list(
      Webhook webhook, DeliveryFilter filter, Page page, List<DeliveryEntry> fetched) {
    List<DeliveryEntry> entries = page.entries(fetched);
    Future<Long> total =
        HistoryCursor.total(page, fetched)
            .map(Future::succeededFuture)
            .orElseGet(() -> totals.count(webhook.number(), filter));
    Future<WebhookTotals> all = stats.totals(webhook.number());
    var events = history.events(entries.stream().map(DeliveryEntry::eventId).toList());
    var probeAt = history.probeAt(webhook.number());
    return Future.all(total, all, events, probeAt)
        .map(
            done -> {
              JsonObject beside =
                  new JsonObject()
                      .put("total", total.result())
                      .put(
                          "pagination",
                          page.pagination(
                              fetched,
                              last -> HistoryCursor.of(CURSOR_KIND, IdKind.DELIVERY, last.id())))
                      .put("stats", StatsJson.ofDeliveries(all.result()));
              Instant now = clock.instant();
              Instant probe = probeAt.result().orElse(null);
              return ApiResponse.ok(
                  RawJson.with(
                      beside,
                      "deliveries",
                      out ->
                          RawJson.appendArray(
                              out,
                              entries,
                              entry ->
                                  append(
                                      out,
                                      DeliveryJson.item(entry, webhook.publicId(), probe, now),
                                      webhook,
                                      entry,
                                      events.result()))));
            });
  }

  /** Appends a delivery with its payload, which is {@code null} where the event is not kept. */
  private static void append(
      Buffer out,
      JsonObject item,
      Webhook webhook,
      DeliveryEntry delivery,
      Map<UUID, Event> events) {
    Event event = events.get(delivery.eventId());
    if (event == null) {
      out.appendBuffer(item.putNull("payload").toBuffer());
    } else {
      byte[] payload =
          Body.splice(event, webhook.publicId(), IdKind.DELIVERY.format(delivery.id()));
      RawJson.append(out, item, "payload", value -> value.appendBytes(payload));
    }
  }

  private static DeliveryFilter filter(QueryReader query) {
    DeliveryStatus status =
        query
            .choice("status", DeliveryStatus.WIRE_NAMES)
            .flatMap(DeliveryStatus::ofWireName)
            .orElse(null);
    Optional<String> eventType = query.text("event_type");
    if (eventType.isPresent()
        && !EventType.known(eventType.get())
        && !eventType.get().equals(EventType.TEST_PING)) {
      query.fault("event_type", "must be one of " + EventType.names() + ", " + EventType.TEST_PING);
    }
    DateRange dates = query.dates();
    return new DeliveryFilter(status, eventType.orElse(null), dates.from(), dates.until());
  }

  private Future<ApiResponse> one(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, webhooks);
    UUID id = request.id("delivery_id", IdKind.DELIVERY, "delivery");
    request.noQuery();
    return history
        .find(webhook.number(), id)
        .map(found -> found.orElseThrow(() -> ApiException.notFound("delivery")))
        .compose(delivery -> one(webhook, delivery));
  }

  private Future<ApiResponse> one(Webhook webhook, DeliveryEntry delivery) {
    var events = history.events(List.of(delivery.eventId()));
    var attempts = history.attempts(webhook.number(), delivery);
    var probeAt = history.probeAt(webhook.number());
    return Future.all(events, attempts, probeAt)
        .map(
            done -> {
              JsonObject item =
                  DeliveryJson.item(
                      delivery, webhook.publicId(), probeAt.result().orElse(null), clock.instant());
              item.put("attempts_log", DeliveryJson.attempts(attempts.result()));
              Buffer out = Buffer.buffer();
              append(out, item, webhook, delivery, events.result());
              return ApiResponse.ok(out);
            });
  }
}
