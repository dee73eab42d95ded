package io.fanfare.api;

import io.fanfare.delivery.Standing;
import io.fanfare.history.AttemptEntry;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryTraces;
import io.fanfare.history.Match;
import io.fanfare.history.WebhookFacts;
import io.fanfare.history.WebhookFacts.CircuitFacts;
import io.fanfare.id.IdKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How explanations look in answers. */
final class ExplainJson {
  private ExplainJson() {}

  /** A delivery with all that explains it. */
  static JsonObject delivery(Explanation.Facts facts) {
    Explanation explanation = Explanation.of(facts);
    DeliveryEntry delivery = facts.delivery();
    DeliveryTraces.Trace trace = facts.trace();
    return new JsonObject()
        .put("delivery_id", IdKind.DELIVERY.format(delivery.id()))
        .put("webhook_id", IdKind.WEBHOOK.format(facts.webhook().id()))
        .put("webhook_name", facts.webhook().name())
        .put("event_id", IdKind.EVENT.format(delivery.eventId()))
        .put("event_type", delivery.eventType())
        .put("test", delivery.test())
        .put("status", delivery.status().wireName())
        .put("created_at", Timestamps.millis(delivery.acceptedAt()))
        .put("ended_at", Timestamps.millis(delivery.endedAt()))
        .put("expires_at", Timestamps.millis(Explanation.expiry(facts)))
        .put("state", explanation.state().name().toLowerCase(Locale.ROOT))
        .put("reason", explanation.reason())
        .put("message", explanation.message())
        .put("blocked_by", blockers(explanation.blockers()))
        .put(
            "next",
            new JsonObject()
                .put("action", explanation.next().action())
                .put("at", Timestamps.millis(explanation.next().at()))
                .put("message", explanation.next().message()))
        .put("queue", queue(facts))
        .put("circuit", circuit(explanation.circuit()))
        .put("attempts", delivery.attempts())
        .put("max_attempts", facts.webhook().maxAttempts())
        .put("attempts_log", attempts(trace.attempts()))
        .put(
            "redelivery_of",
            trace.redeliveryOf() == null ? null : IdKind.DELIVERY.format(trace.redeliveryOf()))
        .put("redelivered_as", ids(trace.redeliveredAs()));
  }

  private static JsonArray ids(List<UUID> deliveries) {
    return new JsonArray(deliveries.stream().map(IdKind.DELIVERY::format).toList());
  }

  private static JsonArray blockers(List<Explanation.Blocker> blockers) {
    JsonArray array = new JsonArray();
    blockers.forEach(
        blocker ->
            array.add(
                new JsonObject()
                    .put("code", blocker.code())
                    .put("until", Timestamps.millis(blocker.until()))
                    .put("message", blocker.message())));
    return array;
  }

  /** What stands before it; null where it does not wait for its turn. */
  private static @Nullable JsonObject queue(Explanation.Facts facts) {
    Long due = facts.trace().ahead();
    int place = facts.standing().ahead();
    boolean inMemory = due == null || facts.standing().fetched();
    if (inMemory && place == Standing.NOT_WAITING) {
      return null;
    }
    long ahead = inMemory ? place : Objects.requireNonNull(due);
    return new JsonObject()
        .put("ahead", Math.min(ahead, DeliveryTraces.AHEAD_MAX))
        .put("ahead_exact", ahead <= DeliveryTraces.AHEAD_MAX)
        .put("in_flight", facts.standing().inFlight())
        .put("concurrency", facts.standing().concurrency());
  }

  private static JsonObject circuit(CircuitFacts circuit) {
    return new JsonObject()
        .put("state", circuit.state())
        .put("opened_at", circuit.closed() ? null : Timestamps.millis(circuit.openedAt()))
        .put("next_probe_at", circuit.closed() ? null : Timestamps.millis(circuit.probeAt()))
        .put("consecutive_failures", circuit.failures());
  }

  private static JsonArray attempts(List<AttemptEntry> attempts) {
    JsonArray array = new JsonArray();
    attempts.forEach(
        attempt ->
            array.add(
                new JsonObject()
                    .put("attempt", attempt.number())
                    .put("started_at", Timestamps.millis(attempt.startedAt()))
                    .put("response_code", attempt.responseCode())
                    .put("response_time", attempt.responseTime())
                    .put("error", attempt.error())
                    .put("retry_after", attempt.error() == null ? null : attempt.responseHeaders())
                    .put("probe", attempt.probe())));
    return array;
  }

  /**
   * A webhook's part in an event.
   *
   * @param delivery null where there is none
   */
  static JsonObject webhook(WebhookFacts webhook, Match match, @Nullable JsonObject delivery) {
    return new JsonObject()
        .put("webhook_id", IdKind.WEBHOOK.format(webhook.id()))
        .put("name", webhook.name())
        .put("project_id", webhook.projectId())
        .put("events", new JsonArray(webhook.events()))
        .put("active", webhook.active())
        .put("created_at", Timestamps.millis(webhook.createdAt()))
        .put("updated_at", Timestamps.millis(webhook.updatedAt()))
        .put("deleted_at", Timestamps.millis(webhook.deletedAt()))
        .put("match", match.wireName())
        .put("message", sentence(webhook, match))
        .put("delivery", delivery);
  }

  private static String sentence(WebhookFacts webhook, Match match) {
    return switch (match) {
      case MATCHED -> "It matched when the event was published.";
      case INACTIVE ->
          webhook.disabledReason() == null
              ? "It is inactive; inactive webhooks get no events."
              : "It is inactive ("
                  + webhook.disabledReason()
                  + "); inactive webhooks get no events.";
      case CHANGED -> "As it is now it would match; it was changed after the event was published.";
      case EVENT_TYPE -> "It asks for other events: " + String.join(", ", webhook.events()) + ".";
      case OTHER_PROJECT -> "It is of the project " + webhook.projectId() + ".";
      case CREATED_LATER -> "It was created after the event was published.";
      case DELETED -> "It is deleted.";
    };
  }
}
