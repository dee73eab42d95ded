package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as it stands.
 *
 * @param attempts ended attempts, probes included
 * @param dueAt when it is sent next; null while on its way, and when ended
 * @param endedAt end of the last attempt; null before the first
 * @param responseCode answer to the last attempt, like the next two; null where there was none
 * @param responseTime in ms
 * @param responseBody what is kept of it
 * @param error why the last attempt, or the delivery, failed; null where it did not
 */
public record DeliveryEntry(
    UUID id,
    UUID eventId,
    String eventType,
    DeliveryStatus status,
    boolean test,
    int attempts,
    @Nullable Instant dueAt,
    @Nullable Instant endedAt,
    @Nullable Integer responseCode,
    @Nullable Integer responseTime,
    @Nullable String responseBody,
    @Nullable String error) {

  /** When it was accepted, to the millisecond. */
  public Instant acceptedAt() {
    return Instant.ofEpochMilli(IdGenerator.millis(id));
  }

  /** Whether the answer's body is kept with the attempt, because it is long. */
  boolean bodyIsElsewhere() {
    return attempts > 0 && responseCode != null && responseBody == null;
  }

  DeliveryEntry withResponseBody(@Nullable String body) {
    return new DeliveryEntry(
        id,
        eventId,
        eventType,
        status,
        test,
        attempts,
        dueAt,
        endedAt,
        responseCode,
        responseTime,
        body,
        error);
  }

  /**
   * When it is sent next, as far as that is known: the next probe's time while the circuit is open,
   * else its own; null while it is on its way or about to be, and when it has ended.
   *
   * @param probeAt when the circuit of its webhook lets the next probe through; null while closed
   */
  public @Nullable Instant nextRetry(@Nullable Instant probeAt, Instant now) {
    if (status != DeliveryStatus.PENDING || dueAt == null) {
      return null;
    }
    if (probeAt != null) {
      return probeAt;
    }
    return dueAt.isAfter(now) ? dueAt : null;
  }
}
