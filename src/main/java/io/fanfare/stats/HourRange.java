package io.fanfare.stats;

/**
 * Whole hours, counted since 1970.
 *
 * @param from the first one
 * @param to the one after the last
 */
public record HourRange(long from, long to) {
  private static final long SECONDS_PER_HOUR = 3_600;

  /** Checks the order; a range may be empty. */
  public HourRange {
    if (from > to) {
      throw new IllegalArgumentException("the range ends before it begins");
    }
  }

  /** When it begins, seconds since 1970. */
  public long firstSecond() {
    return from * SECONDS_PER_HOUR;
  }

  /** Its last second, since 1970. */
  public long lastSecond() {
    return to * SECONDS_PER_HOUR - 1;
  }

  /** Whole UTC days within it, in hours; empty where there is none. */
  HourRange days() {
    long first = -Math.floorDiv(-from, (long) StatsFold.DAY) * StatsFold.DAY;
    long end = Math.floorDiv(to, (long) StatsFold.DAY) * StatsFold.DAY;
    return first < end ? new HourRange(first, end) : new HourRange(from, from);
  }
}
