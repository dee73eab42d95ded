package io.fanfare.stats;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Length of the buckets of statistics; all of them begin and end in UTC. */
public enum StatsPeriod {
  /** Hours; 24 of them where no range is given. */
  HOUR("hourly_stats", 24) {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.HOURS);
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int buckets) {
      return start.plusHours(buckets);
    }

    @Override
    String label(LocalDateTime start) {
      return start.toInstant(ZoneOffset.UTC).toString();
    }
  },
  /** Days; 7 of them. */
  DAY("daily_stats", 7) {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.DAYS);
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int buckets) {
      return start.plusDays(buckets);
    }

    @Override
    String label(LocalDateTime start) {
      return start.toLocalDate().toString();
    }
  },
  /** Weeks from Monday on; 8 of them. */
  WEEK("weekly_stats", 8) {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      LocalDate day = time.toLocalDate();
      return day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay();
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int buckets) {
      return start.plusWeeks(buckets);
    }

    @Override
    String label(LocalDateTime start) {
      return start.toLocalDate().toString();
    }
  },
  /** Months of the calendar; 12 of them. */
  MONTH("monthly_stats", 12) {
    @Override
    LocalDateTime floor(LocalDateTime time) {
      return time.toLocalDate().withDayOfMonth(1).atStartOfDay();
    }

    @Override
    LocalDateTime plus(LocalDateTime start, int buckets) {
      return start.plusMonths(buckets);
    }

    @Override
    String label(LocalDateTime start) {
      return YearMonth.from(start).toString();
    }
  };

  private static final long SECONDS_PER_HOUR = 3_600;

  private final String member;
  private final int bucketsDefault;
  private final String wireName = name().toLowerCase(Locale.ROOT);

  StatsPeriod(String member, int bucketsDefault) {
    this.member = member;
    this.bucketsDefault = bucketsDefault;
  }

  /** Start of the bucket that holds a time. */
  abstract LocalDateTime floor(LocalDateTime time);

  /** Start of the bucket some buckets later. */
  abstract LocalDateTime plus(LocalDateTime start, int buckets);

  /** How a bucket is named in {@code date}. */
  abstract String label(LocalDateTime start);

  /** The name in the API, such as {@code week}. */
  public String wireName() {
    return wireName;
  }

  /** The member of the answer that holds the buckets, such as {@code weekly_stats}. */
  public String member() {
    return member;
  }

  /** The period of that exact name; empty where there is none. */
  public static Optional<StatsPeriod> ofWireName(String name) {
    for (StatsPeriod period : values()) {
      if (period.wireName.equals(name)) {
        return Optional.of(period);
      }
    }
    return Optional.empty();
  }

  /** Start of the bucket, in hours since 1970, that holds an hour. */
  long bucketOf(long hour) {
    return hour(floor(time(hour)));
  }

  /** How the bucket that begins with an hour is named in {@code date}. */
  String labelOf(long hour) {
    return label(time(hour));
  }

  /**
   * The hours to report: a given end widens to whole hours, and one that is not given is such that
   * the range has the default number of whole buckets, the last of them that of the given end or of
   * now. A range that is given the wrong way round is empty.
   *
   * @param start first moment; null for the default
   * @param end the moment after the last; null for the default
   */
  public HourRange range(Instant now, @Nullable Instant start, @Nullable Instant end) {
    long to = end != null ? ceilHour(end) : hour(plus(floor(utc(now)), 1));
    long from;
    if (start != null) {
      from = floorHour(start);
      if (end == null) {
        to = Math.max(to, from + 1);
      }
    } else {
      LocalDateTime last = floor(time(to - 1));
      from = hour(plus(last, 1 - bucketsDefault));
    }
    return new HourRange(from, Math.max(from, to));
  }

  private static LocalDateTime utc(Instant time) {
    return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
  }

  private static LocalDateTime time(long hour) {
    return LocalDateTime.ofEpochSecond(hour * SECONDS_PER_HOUR, 0, ZoneOffset.UTC);
  }

  private static long hour(LocalDateTime start) {
    return Math.floorDiv(start.toEpochSecond(ZoneOffset.UTC), SECONDS_PER_HOUR);
  }

  private static long floorHour(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), SECONDS_PER_HOUR);
  }

  private static long ceilHour(Instant time) {
    long hour = floorHour(time);
    return time.equals(Instant.ofEpochSecond(hour * SECONDS_PER_HOUR)) ? hour : hour + 1;
  }
}
