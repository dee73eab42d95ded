package io.fanfare.stats;

import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Counts of all deliveries that a webhook ever had, test deliveries left out. They outlive the
 * deliveries themselves.
 *
 * @param successful ended with success
 * @param failed failed for good
 * @param pending accepted and not yet ended
 * @param answered ended ones whose last attempt got an answer
 * @param millisSum their response times in ms, added up
 * @param lastDelivery when the last one ended; null where none did
 */
public record WebhookTotals(
    long successful,
    long failed,
    long pending,
    long answered,
    long millisSum,
    @Nullable Instant lastDelivery) {
  /** Of a webhook that had no delivery. */
  public static final WebhookTotals NONE = new WebhookTotals(0, 0, 0, 0, 0, null);

  /** All of them. */
  public long total() {
    return successful + failed + pending;
  }

  /** Percent of the ended ones that succeeded, with two decimals; 100 where none ended. */
  public double successRate() {
    return Rates.success(successful, failed);
  }

  /** Mean response time in ms, with two decimals; empty where there was no answer. */
  public OptionalDouble averageResponseTime() {
    return Rates.average(millisSum, answered);
  }
}
