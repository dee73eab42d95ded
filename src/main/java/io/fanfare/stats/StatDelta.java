package io.fanfare.stats;

import io.fanfare.id.IdGenerator;
import java.util.UUID;

/**
 * What a flush did to one delivery: one place of the arrays of {@code stat_delta}. Test deliveries
 * have none.
 *
 * @param webhook number of the webhook
 * @param acceptedHour see {@link #acceptedHour(UUID)}; also where the delivery ended
 * @param status {@link #ACCEPTED}, {@link #SUCCESS} or {@link #FAILED}
 * @param endedMillis when the delivery ended, ms since 1970; 0 for an accepted one
 * @param responseMillis response time of the last attempt in ms; {@link #NO_ANSWER} for none
 */
public record StatDelta(
    int webhook,
    String eventType,
    long acceptedHour,
    short status,
    long endedMillis,
    int responseMillis) {
  /** A delivery that was accepted. */
  public static final short ACCEPTED = 0;

  /** A delivery that ended with success. */
  public static final short SUCCESS = 1;

  /** A delivery that failed for good. */
  public static final short FAILED = 2;

  /** The response time of an attempt that got no answer. */
  public static final int NO_ANSWER = -1;

  /** The hour since 1970 of the millisecond in a delivery's id, the time of its acceptance. */
  public static long acceptedHour(UUID deliveryId) {
    return IdGenerator.millis(deliveryId) / StatsFold.MILLIS_PER_HOUR;
  }
}
