package io.fanfare.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries of a webhook are asked for; all of its parts must hold.
 *
 * @param status null for every status
 * @param eventType null for every type
 * @param from first moment of acceptance, in whole milliseconds; null for no bound
 * @param until the millisecond after the last; null for no bound
 */
public record DeliveryFilter(
    @Nullable DeliveryStatus status,
    @Nullable String eventType,
    @Nullable Instant from,
    @Nullable Instant until) {
  /** Every delivery. */
  public static final DeliveryFilter ALL = new DeliveryFilter(null, null, null, null);

  TimeRange range() {
    return TimeRange.of(from, until);
  }
}
