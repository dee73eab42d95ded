package io.fanfare.api;

import io.fanfare.history.CircuitHistory;
import io.fanfare.history.FailureHistory;
import io.fanfare.id.IdKind;
import io.fanfare.stats.PlotRange;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;

/**
 * What troubles a webhook: {@code GET /api/webhooks/{webhook_id}/failures} and {@code
 * …/circuit-changes}.
 */
public final class TroubleHandler implements ResourceHandler {
  private static final String CURSOR_KIND = "circuit";

  private final WebhookIndex index;
  private final FailureHistory failures;
  private final CircuitHistory circuits;
  private final Clock clock;

  public TroubleHandler(
      WebhookIndex index, FailureHistory failures, CircuitHistory circuits, Clock clock) {
    this.index = index;
    this.failures = failures;
    this.circuits = circuits;
    this.clock = clock;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes
        .get("/api/webhooks/:webhook_id/failures", Permission.READ, this::failures)
        .get("/api/webhooks/:webhook_id/circuit-changes", Permission.READ, this::circuitChanges);
  }

  private Future<ApiResponse> failures(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    QueryReader query = request.query();
    PlotRange range =
        query
            .choice("range", PlotRange.WIRE_NAMES)
            .flatMap(PlotRange::ofWireName)
            .orElse(PlotRange.DAY);
    query.end();
    Instant now = clock.instant();
    Instant start = range.start(now);
    return failures
        .of(webhook.number(), start)
        .map(
            found -> {
              JsonArray groups = new JsonArray();
              found.groups().forEach(group -> groups.add(json(group)));
              return ApiResponse.ok(
                  new JsonObject()
                      .put("webhook_id", webhook.publicId())
                      .put("range", range.wireName())
                      .put("start_date", Timestamps.seconds(start))
                      .put("end_date", Timestamps.millis(now))
                      .put("complete", found.complete())
                      .put("failures", groups));
            });
  }

  private static JsonObject json(FailureHistory.Group group) {
    return new JsonObject()
        .put("cause", group.cause().wireName())
        .put("response_code", group.responseCode())
        .put("error", group.error())
        .put("failures", group.failures())
        .put("deliveries", group.deliveries())
        .put("last_at", Timestamps.millis(group.lastAt()))
        .put("example_delivery_id", IdKind.DELIVERY.format(group.example()));
  }

  private Future<ApiResponse> circuitChanges(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    QueryReader query = request.query();
    DateRange dates = query.dates();
    Page page = query.pageByCursor(CURSOR_KIND);
    UUID before = HistoryCursor.id(page, IdKind.CIRCUIT_CHANGE, query).orElse(null);
    query.end();
    var fetched =
        circuits.page(webhook.number(), dates.from(), dates.until(), before, page.fetch());
    var total = circuits.count(webhook.number(), dates.from(), dates.until());
    return Future.all(fetched, total)
        .map(
            read -> {
              JsonArray changes = new JsonArray();
              page.entries(fetched.result()).forEach(change -> changes.add(json(change)));
              return ApiResponse.ok(
                  new JsonObject()
                      .put("circuit_changes", changes)
                      .put("total", total.result())
                      .put(
                          "pagination",
                          page.pagination(
                              fetched.result(),
                              last ->
                                  HistoryCursor.of(
                                      CURSOR_KIND, IdKind.CIRCUIT_CHANGE, last.id()))));
            });
  }

  private static JsonObject json(CircuitHistory.Change change) {
    return new JsonObject()
        .put("at", Timestamps.millis(change.at()))
        .put("state", change.state())
        .put("consecutive_failures", change.failures())
        .put("next_probe_at", Timestamps.millis(change.probeAt()));
  }
}
