package io.fanfare.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.BulkRedelivery;
import io.fanfare.event.BulkRedelivery.Ended;
import io.fanfare.event.BulkRedelivery.Filter;
import io.fanfare.event.BulkRedeliveryStore;
import io.fanfare.event.EventType;
import io.fanfare.history.DeliveryFilter;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTotals;
import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Redeliveries of many: {@code POST /api/webhooks/{webhook_id}/deliveries/redeliver} and {@code
 * /api/webhooks/{webhook_id}/redeliveries}.
 */
public final class BulkRedeliveryHandler implements ResourceHandler {
  private static final String CURSOR_KIND = "redeliveries";
  private static final List<String> STATUSES =
      Arrays.stream(Ended.values()).map(Ended::wireName).toList();
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final WebhookIndex index;
  private final BulkRedeliveryStore store;
  private final DeliveryTotals totals;
  private final IdGenerator ids;

  public BulkRedeliveryHandler(
      WebhookIndex index, BulkRedeliveryStore store, DeliveryTotals totals, IdGenerator ids) {
    this.index = index;
    this.store = store;
    this.totals = totals;
    this.ids = ids;
  }

  /** What a request asks for. */
  private record Asked(Filter filter, @Nullable List<UUID> ids, boolean dryRun) {}

  @Override
  public void addRoutes(Routes routes) {
    routes
        .post("/api/webhooks/:webhook_id/deliveries/redeliver", Permission.MANAGE, this::create)
        .get("/api/webhooks/:webhook_id/redeliveries", Permission.READ, this::list)
        .get("/api/webhooks/:webhook_id/redeliveries/:redelivery_id", Permission.READ, this::one)
        .delete(
            "/api/webhooks/:webhook_id/redeliveries/:redelivery_id",
            Permission.MANAGE,
            this::cancel);
  }

  private Future<ApiResponse> create(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    request.noQuery();
    return request
        .json()
        .map(BulkRedeliveryHandler::asked)
        .compose(
            asked ->
                matching(webhook, asked)
                    .compose(
                        matching ->
                            asked.dryRun()
                                ? Future.succeededFuture(
                                    ApiResponse.ok(dryRun(webhook, asked, matching)))
                                : create(request, webhook, asked, matching)));
  }

  private static Asked asked(JsonNode body) {
    Faults faults = new Faults();
    ObjectReader reader = ObjectReader.of(body, faults);
    Optional<String> status = reader.choice("status", STATUSES);
    Optional<String> eventType = reader.text("event_type", 1, 255);
    if (eventType.isPresent() && !EventType.known(eventType.get())) {
      reader.fault("event_type", "must be one of " + EventType.names());
    }
    Instant from = date(reader, "start_date", DateRange::start);
    Instant until = date(reader, "end_date", DateRange::end);
    if (from != null && until != null && !from.isBefore(until)) {
      reader.fault("end_date", "must not be before start_date");
    }
    List<UUID> named = named(reader);
    if (named != null && (from != null || until != null)) {
      reader.fault("delivery_ids", "must not be given beside start_date and end_date");
    }
    boolean dryRun = reader.bool("dry_run").orElse(false);
    reader.end();
    faults.enforce();
    Ended ended =
        status
            .map(text -> Ended.valueOf(text.toUpperCase(Locale.ROOT)))
            .orElse(named == null ? Ended.FAILED : Ended.ENDED);
    int count = named == null ? 0 : named.size();
    return new Asked(new Filter(ended, eventType.orElse(null), from, until, count), named, dryRun);
  }

  private static @Nullable Instant date(
      ObjectReader reader, String name, Function<String, Optional<Instant>> parser) {
    Optional<String> text = reader.text(name, 1, 64);
    Optional<Instant> date = text.flatMap(parser);
    if (text.isPresent() && date.isEmpty()) {
      reader.fault(name, DateRange.RULE);
    }
    return date.orElse(null);
  }

  private static @Nullable List<UUID> named(ObjectReader reader) {
    List<JsonNode> entries = reader.array("delivery_ids", 1, BulkRedelivery.IDS_MAX);
    if (entries == null) {
      return null;
    }
    List<UUID> named = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Optional<UUID> id = IdKind.DELIVERY.parse(entries.get(i).asText());
      if (id.isPresent()) {
        named.add(id.get());
      } else {
        reader.fault("delivery_ids[" + i + "]", "is not the id of a delivery");
      }
    }
    return named;
  }

  private Future<Long> matching(Webhook webhook, Asked asked) {
    Filter filter = asked.filter();
    if (asked.ids() != null) {
      return store.count(webhook.number(), filter, asked.ids());
    }
    return switch (filter.status()) {
      case SUCCESS -> count(webhook, filter, DeliveryStatus.SUCCESS);
      case FAILED -> count(webhook, filter, DeliveryStatus.FAILED);
      case ENDED ->
          Future.all(
                  count(webhook, filter, DeliveryStatus.SUCCESS),
                  count(webhook, filter, DeliveryStatus.FAILED))
              .map(both -> both.<Long>resultAt(0) + both.<Long>resultAt(1));
    };
  }

  private Future<Long> count(Webhook webhook, Filter filter, DeliveryStatus status) {
    return totals.countWithoutTests(
        webhook.number(),
        new DeliveryFilter(status, filter.eventType(), filter.from(), filter.until()));
  }

  private Future<ApiResponse> create(
      ApiRequest request, Webhook webhook, Asked asked, long matching) {
    if (!webhook.active()) {
      throw ApiException.conflict(
          "webhook_inactive", "the webhook is inactive; set its active to true first");
    }
    return store
        .create(
            ids.next(),
            webhook.number(),
            asked.filter(),
            asked.ids(),
            matching,
            request.caller().userId())
        .onSuccess(
            made ->
                request
                    .vertx()
                    .eventBus()
                    .send(Addresses.BULK_REDELIVERY, made.id(), LocalCodec.OPTIONS))
        .map(made -> ApiResponse.accepted(json(webhook, made)))
        .recover(failure -> Future.failedFuture(refusal(failure)));
  }

  private static Throwable refusal(Throwable failure) {
    if (!(failure instanceof BulkRedeliveryStore.RefusedException refused)) {
      return failure;
    }
    return refused.ofThisWebhook()
        ? ApiException.conflict(
            "redelivery_running",
            "a redelivery of this webhook is running already; wait until it has ended, or cancel it")
        : ApiException.tooMany("too many redeliveries are running; wait and retry", RETRY);
  }

  private Future<ApiResponse> list(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    QueryReader query = request.query();
    Page page = query.pageByCursor(CURSOR_KIND);
    UUID before = HistoryCursor.id(page, IdKind.REDELIVERY, query).orElse(null);
    query.end();
    var fetched = store.list(webhook.number(), before, page.fetch());
    var total = store.count(webhook.number());
    return Future.all(fetched, total)
        .map(
            read -> {
              JsonArray entries = new JsonArray();
              page.entries(fetched.result()).forEach(entry -> entries.add(json(webhook, entry)));
              return ApiResponse.ok(
                  new JsonObject()
                      .put("redeliveries", entries)
                      .put("total", total.result())
                      .put(
                          "pagination",
                          page.pagination(
                              fetched.result(),
                              last ->
                                  HistoryCursor.of(CURSOR_KIND, IdKind.REDELIVERY, last.id()))));
            });
  }

  private Future<ApiResponse> one(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    UUID id = request.id("redelivery_id", IdKind.REDELIVERY, "redelivery");
    request.noQuery();
    return find(webhook, id).map(found -> ApiResponse.ok(json(webhook, found)));
  }

  private Future<ApiResponse> cancel(ApiRequest request) {
    Webhook webhook = WebhookLookup.of(request, index);
    UUID id = request.id("redelivery_id", IdKind.REDELIVERY, "redelivery");
    request.noQuery();
    return find(webhook, id)
        .compose(found -> store.cancel(id))
        .compose(cancelled -> find(webhook, id))
        .map(found -> ApiResponse.ok(json(webhook, found)));
  }

  private Future<BulkRedelivery> find(Webhook webhook, UUID id) {
    return store
        .find(id)
        .map(
            found ->
                found
                    .filter(one -> one.webhook() == webhook.number())
                    .orElseThrow(() -> ApiException.notFound("redelivery")));
  }

  private static JsonObject dryRun(Webhook webhook, Asked asked, long matching) {
    return new JsonObject()
        .put("dry_run", true)
        .put("webhook_id", webhook.publicId())
        .put("filter", json(asked.filter()))
        .put("matching", matching);
  }

  private static JsonObject json(Webhook webhook, BulkRedelivery made) {
    return new JsonObject()
        .put("redelivery_id", IdKind.REDELIVERY.format(made.id()))
        .put("webhook_id", webhook.publicId())
        .put("state", made.state().wireName())
        .put("stopped_because", made.stoppedBecause())
        .put("filter", json(made.filter()))
        .put("matching", made.matching())
        .put("redelivered", made.made())
        .put("skipped", made.skipped())
        .put("created_by", made.createdBy())
        .put("created_at", Timestamps.millis(made.createdAt()))
        .put("updated_at", Timestamps.millis(made.updatedAt()))
        .put("ended_at", Timestamps.millis(made.endedAt()));
  }

  private static JsonObject json(Filter filter) {
    Instant until = filter.until();
    return new JsonObject()
        .put("status", filter.status().wireName())
        .put("event_type", filter.eventType())
        .put("start_date", Timestamps.millis(filter.from()))
        // The last millisecond of the range, as in the request.
        .put("end_date", Timestamps.millis(until == null ? null : until.minusMillis(1)))
        .put("delivery_ids", filter.ids());
  }
}
