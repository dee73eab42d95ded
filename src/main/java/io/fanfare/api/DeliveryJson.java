package io.fanfare.api;

import io.fanfare.history.AttemptEntry;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.EventDelivery;
import io.fanfare.id.IdKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How deliveries look in answers (contract, section 5). */
final class DeliveryJson {
  private static final Pattern STATUS_BEFORE_PHRASE = Pattern.compile("^HTTP \\d{3}: ");

  private DeliveryJson() {}

  /**
   * A delivery in a list, without its payload.
   *
   * @param probeAt when the webhook's circuit lets the next probe through; null while closed
   */
  static JsonObject item(
      DeliveryEntry delivery, String webhookId, @Nullable Instant probeAt, Instant now) {
    JsonObject item =
        new JsonObject()
            .put("delivery_id", IdKind.DELIVERY.format(delivery.id()))
            .put("webhook_id", webhookId)
            .put("event_type", delivery.eventType())
            .put("event_id", IdKind.EVENT.format(delivery.eventId()))
            .put("status", delivery.status().wireName())
            .put("response_code", delivery.responseCode())
            .put("response_time", delivery.responseTime())
            .put("response_body", delivery.responseBody())
            .put("delivered_at", Timestamps.seconds(delivery.endedAt()))
            .put("attempts", delivery.attempts());
    if (delivery.status() != DeliveryStatus.SUCCESS) {
      item.put("error", delivery.error())
          .put("next_retry", Timestamps.seconds(delivery.nextRetry(probeAt, now)));
    }
    return delivery.test() ? item.put("test", true) : item;
  }

  /** A delivery among the {@code recent_deliveries} of a webhook. */
  static JsonObject recent(DeliveryEntry delivery) {
    JsonObject item =
        new JsonObject()
            .put("delivery_id", IdKind.DELIVERY.format(delivery.id()))
            .put("event_type", delivery.eventType())
            .put("status", delivery.status().wireName())
            .put("response_code", delivery.responseCode())
            .put("response_time", delivery.responseTime())
            .put("delivered_at", Timestamps.seconds(delivery.endedAt()))
            .put("attempts", delivery.attempts());
    if (delivery.status() != DeliveryStatus.SUCCESS) {
      item.put("error", phrase(delivery.error()));
    }
    return delivery.test() ? item.put("test", true) : item;
  }

  /** An error without {@code HTTP 500: } before its phrase. */
  private static @Nullable String phrase(@Nullable String error) {
    return error == null ? null : STATUS_BEFORE_PHRASE.matcher(error).replaceFirst("");
  }

  /** A delivery of an event. */
  static JsonObject ofEvent(EventDelivery made, Instant now) {
    DeliveryEntry delivery = made.delivery();
    return new JsonObject()
        .put("delivery_id", IdKind.DELIVERY.format(delivery.id()))
        .put("webhook_id", IdKind.WEBHOOK.format(made.webhookId()))
        .put("status", delivery.status().wireName())
        .put("attempts", delivery.attempts())
        .put("response_code", delivery.responseCode())
        .put("error", delivery.status() == DeliveryStatus.SUCCESS ? null : delivery.error())
        .put("next_retry", Timestamps.seconds(delivery.nextRetry(made.probeAt(), now)));
  }

  /** The {@code attempts_log} of a delivery. */
  static JsonArray attempts(List<AttemptEntry> attempts) {
    JsonArray log = new JsonArray();
    for (AttemptEntry attempt : attempts) {
      String headers = attempt.responseHeaders();
      JsonObject item =
          new JsonObject()
              .put("attempt", attempt.number())
              .put("started_at", Timestamps.millis(attempt.startedAt()))
              .put("response_time", attempt.responseTime())
              .put("response_code", attempt.responseCode())
              .put("response_body", attempt.responseBody())
              .put("response_headers", headers == null ? null : new JsonObject(headers))
              .put("error", attempt.error());
      log.add(attempt.probe() ? item.put("probe", true) : item);
    }
    return log;
  }
}
