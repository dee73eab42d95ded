package io.fanfare.delivery;

import io.fanfare.webhook.CircuitRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where a delivery stands in the memory of this process, as of one moment.
 *
 * @param circuit the webhook's circuit as its verticle knows it; null where there is no verticle
 * @param ahead how many deliveries of the webhook are sent before it; {@link #NOT_WAITING} where it
 *     does not wait in memory
 * @param fetched whether it was read from the database, which still has it as waiting
 * @param inFlight attempts of the webhook on their way
 * @param concurrency how many there may be at present
 */
public record Standing(
    @Nullable CircuitRecord circuit, int ahead, boolean fetched, int inFlight, int concurrency) {
  /** {@link #ahead} of a delivery that is on its way, or waits in the database. */
  public static final int NOT_WAITING = -1;

  /** Of a webhook with nothing in memory. */
  public static final Standing ABSENT = new Standing(null, NOT_WAITING, false, 0, 0);
}
