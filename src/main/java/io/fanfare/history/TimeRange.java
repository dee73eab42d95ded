package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import java.time.Instant;
import java.util.List;
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

  /** The part of it that another one covers. */
  TimeRange within(TimeRange other) {
    return new TimeRange(
        Math.max(fromMillis, other.fromMillis), Math.min(untilMillis, other.untilMillis));
  }

  /** First hour since 1970 that is at least partly in it. */
  long firstHour() {
    return fromMillis / MILLIS_PER_HOUR;
  }

  /** The hour after the last that is at least partly in it. */
  long endOfHours() {
    return (untilMillis + MILLIS_PER_HOUR - 1) / MILLIS_PER_HOUR;
  }

  /**
   * What of it is not in whole hours: a part of an hour at each end, or all of it where it is
   * within one hour.
   */
  List<TimeRange> edges() {
    long first = firstWholeHour() * MILLIS_PER_HOUR;
    long end = endOfWholeHours() * MILLIS_PER_HOUR;
    List<TimeRange> edges =
        first > end
            ? List.of(this)
            : List.of(new TimeRange(fromMillis, first), new TimeRange(end, untilMillis));
    // The end of time is inside an hour; no id is there.
    return edges.stream()
        .filter(edge -> !edge.isEmpty() && edge.fromMillis < MILLIS_MAX - MILLIS_PER_HOUR)
        .toList();
  }
}
