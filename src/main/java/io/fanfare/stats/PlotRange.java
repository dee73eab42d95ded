package io.fanfare.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The ranges of plots, up to now; each has buckets of one length, which begin in UTC. */
public enum PlotRange {
  /** Sixty minutes. */
  HOUR("1h", 1, 60),
  /** Quarters of an hour. */
  DAY("24h", 15, 96),
  /** Hours. */
  WEEK("7d", 60, 168),
  /** Days. */
  MONTH("30d", 1_440, 30);

  /** The names of all of them. */
  public static final List<String> WIRE_NAMES =
      Arrays.stream(values()).map(PlotRange::wireName).toList();

  private static final long SECONDS_PER_MINUTE = 60;
  private static final long MINUTES_PER_HOUR = 60;

  private final String wireName;
  private final int minutes;
  private final int buckets;

  PlotRange(String wireName, int minutes, int buckets) {
    this.wireName = wireName;
    this.minutes = minutes;
    this.buckets = buckets;
  }

  /** The name in the API, such as {@code 24h}. */
  public String wireName() {
    return wireName;
  }

  /** The range of that exact name; empty where there is none. */
  public static Optional<PlotRange> ofWireName(String name) {
    return Arrays.stream(values()).filter(range -> range.wireName.equals(name)).findFirst();
  }

  /** Length of a bucket. */
  public Duration bucket() {
    return Duration.ofMinutes(minutes);
  }

  /** Where the range begins that ends with the bucket of this moment. */
  public Instant start(Instant now) {
    return Instant.ofEpochSecond(firstMinute(now) * SECONDS_PER_MINUTE);
  }

  /** Length of a bucket in minutes, which is the grain of its rows. */
  int grain() {
    return minutes;
  }

  int buckets() {
    return buckets;
  }

  /** Minutes since 1970 at which the first bucket begins. */
  long firstMinute(Instant now) {
    long minute = Math.floorDiv(now.getEpochSecond(), SECONDS_PER_MINUTE);
    return (Math.floorDiv(minute, minutes) - buckets + 1) * minutes;
  }

  /** First hour since 1970 that is at least partly in the range. */
  long firstHour(Instant now) {
    return Math.floorDiv(firstMinute(now), MINUTES_PER_HOUR);
  }
}
