package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A range of the time of acceptance, which is the millisecond of an id.
 *
 * @param fromMillis first millisecond, since 1970
 * @param untilMillis the one after the last
 */
record TimeRange(long fromMillis, long untilMillis) {
  /** Where the milliseconds of ids end: 48 bits. */
  static final long MILLIS_MAX = (1L << 48) - 1;

  static final long MILLIS_PER_HOUR = 3_600_000;

  /** Keeps to the bounds of ids; a range that ends before it begins is empty. */
  TimeRange {
    fromMillis = Math.min(Math.max(fromMillis, 0), MILLIS_MAX);
    untilMillis = Math.max(fromMillis, Math.min(untilMillis, MILLIS_MAX));
  }

  /** Null is no bound. */
  static TimeRange of(@Nullable Instant from, @Nullable Instant until) {
    return new TimeRange(
        from == null ? 0 : from.toEpochMilli(), until == null ? MILLIS_MAX : until.toEpochMilli());
  }

  /** Smallest id in it. */
  UUID first() {
    return IdGenerator.floorOf(fromMillis);
  }

  /** Smallest id after it. */
  UUID end() {
    return IdGenerator.floorOf(untilMillis);
  }

  boolean isEmpty() {
    return fromMillis == untilMillis;
  }

  /** First hour since 1970 that is wholly in it, if any is. */
  long firstWholeHour() {
    return (fromMillis + MILLIS_PER_HOUR - 1) / MILLIS_PER_HOUR;
  }

  /** The hour after the last that is wholly in it; not after the first one where none is. */
  long endOfWholeHours() {
    return untilMillis / MILLIS_PER_HOUR;
  }
}
