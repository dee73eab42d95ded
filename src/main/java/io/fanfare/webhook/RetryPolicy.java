package io.fanfare.webhook;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When and how often a failed attempt is followed by another one, as the webhook's owner asked.
 * Bounds are those of the contract, section 5; a policy outside of them cannot be made.
 *
 * @param maxAttempts all attempts, the first included: 1 to 20
 * @param initialDelayMillis first wait, 0 to 86,400,000
 * @param maxDelayMillis longest wait, from {@code initialDelayMillis} to 86,400,000
 * @param retryOnStatus the statuses that are retried, in the order given; null for the default,
 *     every status from 500 on; empty for none
 * @param retryOnTimeout whether an attempt without an answer in time is retried; null where the
 *     owner did not say, which means true
 */
public record RetryPolicy(
    int maxAttempts,
    BackoffStrategy backoffStrategy,
    long initialDelayMillis,
    long maxDelayMillis,
    @Nullable Set<Integer> retryOnStatus,
    @Nullable Boolean retryOnTimeout) {

  /** Most attempts that a policy can ask for. */
  public static final int ATTEMPTS_MAX = 20;

  /** Longest wait that a policy can ask for: a day. */
  public static final long DELAY_MILLIS_MAX = 86_400_000;

  /** Smallest and largest status that can be named in {@code retry_on_status}. */
  public static final int STATUS_MIN = 400;

  /** See {@link #STATUS_MIN}. */
  public static final int STATUS_MAX = 599;

  /** What holds where the owner asked for nothing. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(3, BackoffStrategy.EXPONENTIAL, 1_000, 60_000, null, null);

  public RetryPolicy {
    require(maxAttempts >= 1 && maxAttempts <= ATTEMPTS_MAX, "maxAttempts", maxAttempts);
    require(
        initialDelayMillis >= 0 && initialDelayMillis <= DELAY_MILLIS_MAX,
        "initialDelayMillis",
        initialDelayMillis);
    require(
        maxDelayMillis >= initialDelayMillis && maxDelayMillis <= DELAY_MILLIS_MAX,
        "maxDelayMillis",
        maxDelayMillis);
    if (retryOnStatus != null) {
      for (int status : retryOnStatus) {
        require(status >= STATUS_MIN && status <= STATUS_MAX, "retryOnStatus", status);
      }
      retryOnStatus = Collections.unmodifiableSet(new LinkedHashSet<>(retryOnStatus));
    }
  }

  /** Whether an attempt without an answer in time is followed by another one. */
  public boolean retriesTimeouts() {
    return retryOnTimeout == null || retryOnTimeout;
  }

  private static void require(boolean holds, String name, long value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is out of bounds: " + value);
    }
  }
}
