package io.fanfare.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatsPeriodTest {
  // A Wednesday.
  private static final Instant NOW = Instant.parse("2024-01-10T13:45:30.5Z");

  @Test
  void theDefaultIsTheLast24Hours() {
    assertRange(
        StatsPeriod.HOUR.range(NOW, null, null), "2024-01-09T14:00:00Z", "2024-01-10T13:59:59Z");
  }

  @Test
  void theDefaultIsTheLast7Days() {
    assertRange(
        StatsPeriod.DAY.range(NOW, null, null), "2024-01-04T00:00:00Z", "2024-01-10T23:59:59Z");
  }

  @Test
  void theDefaultIsTheLast8WeeksFromMondayToSunday() {
    assertRange(
        StatsPeriod.WEEK.range(NOW, null, null), "2023-11-20T00:00:00Z", "2024-01-14T23:59:59Z");
  }

  @Test
  void theDefaultIsTheLast12Months() {
    assertRange(
        StatsPeriod.MONTH.range(NOW, null, null), "2023-02-01T00:00:00Z", "2024-01-31T23:59:59Z");
  }

  @Test
  void aGivenRangeWidensToWholeHours() {
    assertRange(
        StatsPeriod.DAY.range(
            NOW, Instant.parse("2024-01-02T03:04:05Z"), Instant.parse("2024-01-03T04:05:06Z")),
        "2024-01-02T03:00:00Z",
        "2024-01-03T04:59:59Z");
  }

  @Test
  void anEndOnTheHourAddsNoHour() {
    assertRange(
        StatsPeriod.DAY.range(
            NOW, Instant.parse("2024-01-02T00:00:00Z"), Instant.parse("2024-01-03T00:00:00Z")),
        "2024-01-02T00:00:00Z",
        "2024-01-02T23:59:59Z");
  }

  @Test
  void aGivenStartLastsUntilTheEndOfThePresentBucket() {
    assertRange(
        StatsPeriod.DAY.range(NOW, Instant.parse("2024-01-01T00:00:00Z"), null),
        "2024-01-01T00:00:00Z",
        "2024-01-10T23:59:59Z");
  }

  @Test
  void aGivenEndHasTheDefaultNumberOfBucketsBeforeIt() {
    assertRange(
        StatsPeriod.DAY.range(NOW, null, Instant.parse("2024-01-08T00:00:00Z")),
        "2024-01-01T00:00:00Z",
        "2024-01-07T23:59:59Z");
  }

  @Test
  void bucketsAreNamedByTheirStart() {
    long hour = NOW.getEpochSecond() / 3_600;

    assertThat(StatsPeriod.HOUR.labelOf(StatsPeriod.HOUR.bucketOf(hour)))
        .isEqualTo("2024-01-10T13:00:00Z");
    assertThat(StatsPeriod.DAY.labelOf(StatsPeriod.DAY.bucketOf(hour))).isEqualTo("2024-01-10");
    assertThat(StatsPeriod.WEEK.labelOf(StatsPeriod.WEEK.bucketOf(hour))).isEqualTo("2024-01-08");
    assertThat(StatsPeriod.MONTH.labelOf(StatsPeriod.MONTH.bucketOf(hour))).isEqualTo("2024-01");
  }

  private static void assertRange(HourRange range, String first, String last) {
    assertThat(Instant.ofEpochSecond(range.firstSecond())).isEqualTo(first);
    assertThat(Instant.ofEpochSecond(range.lastSecond())).isEqualTo(last);
  }
}
