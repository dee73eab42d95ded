package io.fanfare.stats;

import java.util.OptionalDouble;

/**
 * Counts of ended deliveries.
 *
 * @param successful ended with success
 * @param failed failed for good
 * @param answered those whose last attempt got an answer
 * @param millisSum their response times in ms, added up
 */
public record EndedCounts(long successful, long failed, long answered, long millisSum) {
  /** Nothing ended. */
  public static final EndedCounts NONE = new EndedCounts(0, 0, 0, 0);

  /** Both together. */
  public EndedCounts plus(EndedCounts other) {
    return new EndedCounts(
        successful + other.successful,
        failed + other.failed,
        answered + other.answered,
        millisSum + other.millisSum);
  }

  /** All of them. */
  public long total() {
    return successful + failed;
  }

  /** Percent that succeeded, with two decimals; 100 where none ended. */
  public double successRate() {
    return Rates.success(successful, failed);
  }

  /** Mean response time in ms, with two decimals; empty where there was no answer. */
  public OptionalDouble averageResponseTime() {
    return Rates.average(millisSum, answered);
  }
}
