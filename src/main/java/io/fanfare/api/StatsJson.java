package io.fanfare.api;

import io.fanfare.stats.EndedCounts;
import io.fanfare.stats.Statistics;
import io.fanfare.stats.WebhookTotals;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** How counts look in answers (contract, section 5). */
final class StatsJson {
  private StatsJson() {}

  /** The {@code stats} beside a list of deliveries. */
  static JsonObject ofDeliveries(WebhookTotals totals) {
    return new JsonObject()
        .put("total_deliveries", totals.total())
        .put("successful_deliveries", totals.successful())
        .put("failed_deliveries", totals.failed())
        .put("pending_deliveries", totals.pending())
        .put("success_rate", totals.successRate());
  }

  /** The answer of the statistics route. */
  static JsonObject ofStatistics(String webhookId, Statistics statistics, boolean percentiles) {
    JsonObject answer =
        new JsonObject()
            .put("webhook_id", webhookId)
            .put("period", statistics.period().wireName())
            .put("start_date", second(statistics.range().firstSecond()))
            .put("end_date", second(statistics.range().lastSecond()))
            .put("overall_stats", overall(statistics));
    // Where the period is the day, both are the same member.
    return answer
        .put("daily_stats", buckets(statistics.days(), percentiles))
        .put(statistics.period().member(), buckets(statistics.buckets(), percentiles))
        .put("event_type_stats", eventTypes(statistics));
  }

  private static JsonObject overall(Statistics statistics) {
    EndedCounts counts = statistics.overall();
    return new JsonObject()
        .put("total_deliveries", statistics.total())
        .put("successful_deliveries", counts.successful())
        .put("failed_deliveries", counts.failed())
        .put("pending_deliveries", statistics.pending())
        .put("success_rate", counts.successRate())
        .put("average_response_time", millis(counts.averageResponseTime()))
        .put("median_response_time", millis(statistics.times().percentile(50)))
        .put("p95_response_time", millis(statistics.times().percentile(95)));
  }

  private static JsonArray buckets(List<Statistics.Bucket> buckets, boolean percentiles) {
    JsonArray array = new JsonArray();
    for (Statistics.Bucket bucket : buckets) {
      JsonObject entry =
          ended(new JsonObject().put("date", bucket.date()), bucket.counts())
              .put("average_response_time", millis(bucket.counts().averageResponseTime()));
      if (percentiles) {
        entry
            .put("median_response_time", millis(bucket.times().percentile(50)))
            .put("p95_response_time", millis(bucket.times().percentile(95)));
      }
      array.add(entry);
    }
    return array;
  }

  private static JsonArray eventTypes(Statistics statistics) {
    JsonArray array = new JsonArray();
    statistics
        .eventTypes()
        .forEach(
            (type, counts) -> array.add(ended(new JsonObject().put("event_type", type), counts)));
    return array;
  }

  private static JsonObject ended(JsonObject object, EndedCounts counts) {
    return object
        .put("total_deliveries", counts.total())
        .put("successful_deliveries", counts.successful())
        .put("failed_deliveries", counts.failed())
        .put("success_rate", counts.successRate());
  }

  /** Without a fraction where there is none, as in the API document. */
  static @Nullable Number millis(OptionalDouble time) {
    if (time.isEmpty()) {
      return null;
    }
    double value = time.getAsDouble();
    long whole = Math.round(value);
    if (whole == value) {
      return whole;
    }
    return value;
  }

  private static @Nullable String second(long seconds) {
    return Timestamps.seconds(Instant.ofEpochSecond(seconds));
  }
}
