package io.fanfare.stats;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a webhook's deliveries met in a range of time, by the time at which they ended.
 *
 * @param range the whole hours it covers
 * @param overall everything in the range
 * @param pending accepted and not ended as of now
 * @param times response times in the range
 * @param buckets buckets of the period asked for, in order of time, without empty ones
 * @param days the same by day
 * @param eventTypes by event type, in alphabetical order, without empty ones
 */
public record Statistics(
    StatsPeriod period,
    HourRange range,
    EndedCounts overall,
    long pending,
    ResponseTimes times,
    List<Bucket> buckets,
    List<Bucket> days,
    SortedMap<String, EndedCounts> eventTypes) {

  /**
   * One bucket.
   *
   * @param date its name in the API
   * @param times response times in it
   */
  public record Bucket(String date, EndedCounts counts, ResponseTimes times) {}

  /** A bucket while it grows. */
  private static final class Sum {
    private EndedCounts counts = EndedCounts.NONE;
    private final ResponseTimes times = ResponseTimes.empty();

    void add(EndedCounts more, byte[] sketch) {
      counts = counts.plus(more);
      times.merge(sketch);
    }
  }

  /** All deliveries: those that ended in the range and those that are pending. */
  public long total() {
    return overall.total() + pending;
  }

  /** Adds rows of {@code stat_ended} up. Not thread-safe. */
  static final class Builder {
    private final StatsPeriod period;
    private final HourRange range;
    private final ResponseTimes times = ResponseTimes.empty();
    private final SortedMap<Long, Sum> buckets = new TreeMap<>();
    private final SortedMap<Long, Sum> days = new TreeMap<>();
    private final SortedMap<String, EndedCounts> eventTypes = new TreeMap<>();
    private EndedCounts overall = EndedCounts.NONE;

    Builder(StatsPeriod period, HourRange range) {
      this.period = period;
      this.range = range;
    }

    /** Adds a row, an hour's or a day's; every hour of the range must be in one row of a type. */
    void add(long start, String eventType, EndedCounts counts, byte[] sketch) {
      overall = overall.plus(counts);
      times.merge(sketch);
      eventTypes.merge(eventType, counts, EndedCounts::plus);
      add(days, StatsPeriod.DAY.bucketOf(start), counts, sketch);
      // Weeks and months are made of whole days.
      if (period != StatsPeriod.HOUR && period != StatsPeriod.DAY) {
        add(buckets, period.bucketOf(start), counts, sketch);
      }
    }

    /** Adds an hour to the buckets where the period is the hour. */
    void addHour(long hour, EndedCounts counts, byte[] sketch) {
      add(buckets, hour, counts, sketch);
    }

    private static void add(
        SortedMap<Long, Sum> to, long start, EndedCounts counts, byte[] sketch) {
      to.computeIfAbsent(start, s -> new Sum()).add(counts, sketch);
    }

    Statistics build(long pending) {
      return new Statistics(
          period,
          range,
          overall,
          pending,
          times,
          named(period, period == StatsPeriod.DAY ? days : buckets),
          named(StatsPeriod.DAY, days),
          eventTypes);
    }

    private static List<Bucket> named(StatsPeriod period, SortedMap<Long, Sum> buckets) {
      return buckets.entrySet().stream()
          .map(
              entry ->
                  new Bucket(
                      period.labelOf(entry.getKey()),
                      entry.getValue().counts,
                      entry.getValue().times))
          .toList();
    }
  }
}
