package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateRangeTest {
  @ParameterizedTest
  @CsvSource({
    "2024-01-31,2024-01-31T00:00:00Z,2024-02-01T00:00:00Z",
    "2024-02-29,2024-02-29T00:00:00Z,2024-03-01T00:00:00Z",
    "2024-01-31T12:00:00Z,2024-01-31T12:00:00Z,2024-01-31T12:00:01Z",
    "2024-01-31t12:00:00z,2024-01-31T12:00:00Z,2024-01-31T12:00:01Z",
    "2024-01-31T12:00Z,2024-01-31T12:00:00Z,2024-01-31T12:00:01Z",
    "2024-01-31T12:00:00+08:00,2024-01-31T04:00:00Z,2024-01-31T04:00:01Z",
    "2024-01-31T12:00:00 08:00,2024-01-31T04:00:00Z,2024-01-31T04:00:01Z",
    "2024-01-31T12:00:00-0130,2024-01-31T13:30:00Z,2024-01-31T13:30:01Z",
    "2024-01-31T12:00:00.5Z,2024-01-31T12:00:00.500Z,2024-01-31T12:00:00.501Z",
    "2024-01-31T12:00:00.0005Z,2024-01-31T12:00:00.001Z,2024-01-31T12:00:00.001Z",
    "2024-01-31T12:00:00,2024-01-31T12:00:00Z,2024-01-31T12:00:01Z"
  })
  void readsDatesAndTimesOfIso8601(String text, Instant from, Instant until) {
    assertThat(DateRange.start(text)).contains(from);
    assertThat(DateRange.end(text)).contains(until);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2024",
        "2024-1-1",
        "2024-13-01",
        "2024-02-30",
        "2024-01-31T24:00:00Z",
        "2024-01-31T12:60:00Z",
        "2024-01-31T12:00:00+25:00",
        "2024-01-31T",
        "20240131",
        "1706702400",
        "+12024-01-31",
        "2024-01-31T12:00:00Z; drop table webhook"
      })
  void refusesWhatIsNone(String text) {
    assertThat(DateRange.start(text)).isEmpty();
    assertThat(DateRange.end(text)).isEmpty();
  }
}
