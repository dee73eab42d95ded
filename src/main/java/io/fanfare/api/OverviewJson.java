package io.fanfare.api;

import io.fanfare.live.Moment;
import io.fanfare.stats.Overview;
import io.fanfare.stats.PlotRange;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the figures of the whole service look in answers. */
final class OverviewJson {
  private static final double MILLIS_PER_SECOND = 1_000;
  private static final long SECONDS_PER_MINUTE = 60;

  private OverviewJson() {}

  /** The figures of a second. */
  static JsonObject of(Moment moment) {
    JsonArray worst = new JsonArray();
    moment
        .worst()
        .forEach(
            one ->
                worst.add(
                    webhook(one.webhook(), one.circuit())
                        .put("attempts", one.attempts())
                        .put("failed_attempts", one.failures())));
    return new JsonObject()
        .put("at", Timestamps.millis(moment.at()))
        .put("events_per_second", moment.events())
        .put("deliveries_accepted_per_second", moment.deliveriesAccepted())
        .put("attempts_per_second", moment.attempts())
        .put("deliveries_per_second", moment.delivered() + moment.failed())
        .put("window_seconds", moment.windowSeconds())
        .put("success_rate", moment.successRate())
        .put("p50_response_time", StatsJson.millis(moment.p50()))
        .put("p95_response_time", StatsJson.millis(moment.p95()))
        .put("p99_response_time", StatsJson.millis(moment.p99()))
        .put("pending_deliveries", moment.pending())
        .put("oldest_pending_seconds", seconds(moment.oldestPendingMillis()))
        .put("open_circuits", moment.openCircuits())
        .put("worst_webhooks", worst);
  }

  /** A plot with its range and its sums. */
  static JsonObject plot(PlotRange range, Instant now, Overview overview) {
    JsonArray buckets = new JsonArray();
    overview
        .buckets()
        .forEach(
            bucket ->
                buckets.add(
                    counts(new JsonObject().put("date", minute(bucket.startMinute())), bucket)));
    return new JsonObject()
        .put("range", range.wireName())
        .put("start_date", minute(overview.total().startMinute()))
        .put("end_date", Timestamps.millis(now))
        .put("bucket_seconds", overview.bucketMinutes() * SECONDS_PER_MINUTE)
        .put("buckets", buckets)
        .put(
            "total",
            counts(new JsonObject(), overview.total())
                .put("success_rate", overview.total().successRate()));
  }

  private static @Nullable String minute(long minute) {
    return Timestamps.seconds(Instant.ofEpochSecond(minute * SECONDS_PER_MINUTE));
  }

  private static JsonObject counts(JsonObject object, Overview.Bucket bucket) {
    return object
        .put("events", bucket.events())
        .put("delivered", bucket.delivered())
        .put("failed", bucket.failed())
        .put("p50_response_time", StatsJson.millis(bucket.times().percentile(50)))
        .put("p95_response_time", StatsJson.millis(bucket.times().percentile(95)))
        .put("p99_response_time", StatsJson.millis(bucket.times().percentile(99)));
  }

  /** A webhook by its names, and the state of its circuit. */
  static JsonObject webhook(Webhook webhook, @Nullable CircuitRecord circuit) {
    return new JsonObject()
        .put("webhook_id", webhook.publicId())
        .put("name", webhook.name())
        .put("project_id", webhook.projectId())
        .put("circuit", circuit == null ? CircuitRecord.CLOSED.state() : circuit.state());
  }

  /** With one decimal; null stays null. */
  static @Nullable Double seconds(@Nullable Long millis) {
    return millis == null ? null : Math.round(millis / (MILLIS_PER_SECOND / 10)) / 10.0;
  }
}
