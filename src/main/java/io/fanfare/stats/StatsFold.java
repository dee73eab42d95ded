package io.fanfare.stats;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what flushes changed, in all the ways in which it is stored. Pure, and every map is given
 * out in the order of its table's key, which is the order in which rows are written. Not
 * thread-safe.
 */
final class StatsFold {
  /** Grain of a counter by hour. */
  static final short HOUR = 1;

  /** Grain of a counter by day. */
  static final short DAY = 24;

  static final long MILLIS_PER_HOUR = 3_600_000;

  /** Lengths of the buckets of the overview, in minutes. */
  static final short[] OVERVIEW_GRAINS = {1, 15, 60, 1_440};

  /** So many minutes back buckets of these lengths are kept, twice what plots show; days stay. */
  static final long[] OVERVIEW_KEPT_MINUTES = {120, 2_880, 11_520, Long.MAX_VALUE};

  private static final long MILLIS_PER_MINUTE = 60_000;
  private static final long MINUTES_PER_HOUR = 60;

  /** Deliveries of one event type by the hour of their acceptance. */
  record AcceptedKey(int webhook, long hour, String eventType) implements Comparable<AcceptedKey> {
    private static final Comparator<AcceptedKey> ORDER =
        Comparator.comparingInt(AcceptedKey::webhook)
            .thenComparingLong(AcceptedKey::hour)
            .thenComparing(AcceptedKey::eventType);

    @Override
    public int compareTo(AcceptedKey other) {
      return ORDER.compare(this, other);
    }
  }

  /** Deliveries of one event type by the hour or day of their end. */
  record EndedKey(int webhook, short grain, long start, String eventType)
      implements Comparable<EndedKey> {
    private static final Comparator<EndedKey> ORDER =
        Comparator.comparingInt(EndedKey::webhook)
            .thenComparingInt(EndedKey::grain)
            .thenComparingLong(EndedKey::start)
            .thenComparing(EndedKey::eventType);

    @Override
    public int compareTo(EndedKey other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Published events of one type by hour.
   *
   * @param projectId null for those of all projects and of none
   */
  record EventKey(@Nullable String projectId, long hour, String eventType)
      implements Comparable<EventKey> {
    private static final Comparator<EventKey> ORDER =
        Comparator.comparing(
                EventKey::projectId, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
            .thenComparingLong(EventKey::hour)
            .thenComparing(EventKey::eventType);

    @Override
    public int compareTo(EventKey other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * What of the whole service is in one bucket of time.
   *
   * @param grain its length in minutes
   * @param start minutes since 1970
   */
  record OverviewKey(short grain, long start) implements Comparable<OverviewKey> {
    private static final Comparator<OverviewKey> ORDER =
        Comparator.comparingInt(OverviewKey::grain).thenComparingLong(OverviewKey::start);

    @Override
    public int compareTo(OverviewKey other) {
      return ORDER.compare(this, other);
    }
  }

  /** Counters of {@code stat_overview}. */
  static final class OverviewCounts {
    long events;
    long accepted;
    long success;
    long failed;
    final ResponseTimes times = ResponseTimes.empty();

    private void add(OverviewCounts other) {
      events += other.events;
      accepted += other.accepted;
      success += other.success;
      failed += other.failed;
      times.merge(other.times);
    }
  }

  /** Counters of {@code stat_accepted}. */
  static final class Accepted {
    long accepted;
    long success;
    long failed;
  }

  /** Counters of {@code stat_ended}. */
  static final class Ended {
    long success;
    long failed;
    long answered;
    long millisSum;
    final ResponseTimes times = ResponseTimes.empty();

    private void add(boolean succeeded, int responseMillis) {
      if (succeeded) {
        success++;
      } else {
        failed++;
      }
      if (responseMillis != StatDelta.NO_ANSWER) {
        answered++;
        millisSum += responseMillis;
        times.add(responseMillis);
      }
    }
  }

  /** Counters of {@code stat_total}. */
  static final class Total {
    long accepted;
    long success;
    long failed;
    long answered;
    long millisSum;
    long lastEndedMillis;
  }

  private final Map<AcceptedKey, Accepted> accepted = new HashMap<>();
  private final Map<EndedKey, Ended> ended = new HashMap<>();
  private final Map<Integer, Total> totals = new HashMap<>();
  private final Map<EventKey, Long> events = new HashMap<>();
  private final Map<Long, OverviewCounts> minutes = new HashMap<>();
  private final long nowMinute;
  private long lastMinute;
  private @Nullable OverviewCounts lastCounts;
  private long changes;

  /**
   * @param nowMinute minutes since 1970: what was accepted counts in this minute, as far as that is
   *     in its hour
   */
  StatsFold(long nowMinute) {
    this.nowMinute = nowMinute;
  }

  /** Adds what a flush did to one delivery. */
  void add(StatDelta delta) {
    changes++;
    int webhook = delta.webhook();
    String type = delta.eventType();
    Accepted byAcceptance =
        accepted.computeIfAbsent(
            new AcceptedKey(webhook, delta.acceptedHour(), type), key -> new Accepted());
    Total total = totals.computeIfAbsent(webhook, key -> new Total());
    if (delta.status() == StatDelta.ACCEPTED) {
      byAcceptance.accepted++;
      total.accepted++;
      minute(acceptedMinute(delta.acceptedHour())).accepted++;
      return;
    }
    boolean succeeded = delta.status() == StatDelta.SUCCESS;
    OverviewCounts overview = minute(Math.floorDiv(delta.endedMillis(), MILLIS_PER_MINUTE));
    if (succeeded) {
      byAcceptance.success++;
      total.success++;
      overview.success++;
    } else {
      byAcceptance.failed++;
      total.failed++;
      overview.failed++;
    }
    int responseMillis = delta.responseMillis();
    if (responseMillis != StatDelta.NO_ANSWER) {
      total.answered++;
      total.millisSum += responseMillis;
      overview.times.add(responseMillis);
    }
    total.lastEndedMillis = Math.max(total.lastEndedMillis, delta.endedMillis());
    long hour = Math.floorDiv(delta.endedMillis(), MILLIS_PER_HOUR);
    // Days are counted beside hours in the same commit: reading a year is 365 rows a type, and no
    // later roll-up has to be remembered over a crash.
    ended(webhook, HOUR, hour, type).add(succeeded, responseMillis);
    ended(webhook, DAY, Math.floorDiv(hour, DAY) * DAY, type).add(succeeded, responseMillis);
  }

  private Ended ended(int webhook, short grain, long start, String type) {
    return ended.computeIfAbsent(new EndedKey(webhook, grain, start, type), key -> new Ended());
  }

  /**
   * Adds published events.
   *
   * @param projectId null for events of no project
   */
  void addEvents(long hour, String eventType, @Nullable String projectId, int count) {
    changes++;
    minute(acceptedMinute(hour)).events += count;
    events.merge(new EventKey(null, hour, eventType), (long) count, Long::sum);
    if (projectId != null) {
      events.merge(new EventKey(projectId, hour, eventType), (long) count, Long::sum);
    }
  }

  /** Mostly the same as the last time. */
  private OverviewCounts minute(long minute) {
    OverviewCounts counts = lastCounts;
    if (counts == null || minute != lastMinute) {
      counts = minutes.computeIfAbsent(minute, key -> new OverviewCounts());
      lastMinute = minute;
      lastCounts = counts;
    }
    return counts;
  }

  /** Flushes tell the hour only; mostly they are some seconds old. */
  private long acceptedMinute(long hour) {
    long first = hour * MINUTES_PER_HOUR;
    return Math.min(Math.max(nowMinute, first), first + MINUTES_PER_HOUR - 1);
  }

  /** Additions to {@code stat_overview}: every minute in each of the lengths that are kept. */
  SortedMap<OverviewKey, OverviewCounts> overview() {
    SortedMap<OverviewKey, OverviewCounts> sums = new TreeMap<>();
    minutes.forEach(
        (minute, counts) -> {
          for (int i = 0; i < OVERVIEW_GRAINS.length; i++) {
            short grain = OVERVIEW_GRAINS[i];
            if (nowMinute - minute > OVERVIEW_KEPT_MINUTES[i]) {
              // A past of days that is folded at once is many minutes, and none of them is shown.
              continue;
            }
            long start = Math.floorDiv(minute, (long) grain) * grain;
            sums.computeIfAbsent(new OverviewKey(grain, start), key -> new OverviewCounts())
                .add(counts);
          }
        });
    return sums;
  }

  /** How often {@link #add} and {@link #addEvents} were called. */
  long changes() {
    return changes;
  }

  /** Additions to {@code stat_event}. */
  SortedMap<EventKey, Long> events() {
    return new TreeMap<>(events);
  }

  /** Additions to {@code stat_accepted}. */
  SortedMap<AcceptedKey, Accepted> accepted() {
    return new TreeMap<>(accepted);
  }

  /** Additions to {@code stat_ended}. */
  SortedMap<EndedKey, Ended> ended() {
    return new TreeMap<>(ended);
  }

  /** Additions to {@code stat_total}. */
  SortedMap<Integer, Total> totals() {
    return new TreeMap<>(totals);
  }
}
