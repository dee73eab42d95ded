package io.fanfare.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds the wrong tokens of one remote address: a bucket that fills up again within a minute. One
 * for the process; thread-safe. Addresses beyond a bound are forgotten, the least used first.
 */
public final class FailureLimit {
  private static final long ADDRESSES_MAX = 10_000;
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(ADDRESSES_MAX)
          .expireAfterAccess(Duration.ofMinutes(2))
          .build();

  /**
   * @param nanoTime as of {@link System#nanoTime()}
   */
  public FailureLimit(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts a failure.
   *
   * @return zero while the address is within its limit, else the time until it is again
   */
  public Duration failed(String address) {
    Bucket bucket = buckets.get(address, key -> new Bucket(nanoTime.getAsLong()));
    return bucket.take(nanoTime.getAsLong());
  }

  private final class Bucket {
    // Virtual time up to which failures are paid for; it may run ahead of now by a minute.
    private long paidUntil;

    Bucket(long now) {
      this.paidUntil = now;
    }

    synchronized Duration take(long now) {
      long cost = MINUTE_NANOS / perMinute;
      long next = Math.max(paidUntil - now, 0) + cost;
      if (next > MINUTE_NANOS) {
        return Duration.ofNanos(next - MINUTE_NANOS);
      }
      paidUntil = now + next;
      return Duration.ZERO;
    }
  }
}
