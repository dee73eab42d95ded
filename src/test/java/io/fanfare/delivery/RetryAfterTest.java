package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final long NOW = Instant.parse("2024-02-29T12:00:00Z").toEpochMilli();

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1000",
    "007, 7000",
    "86400, 86400000",
    "86401, 86400000",
    "99999999999999999999999999, 86400000",
  })
  void takesWholeSecondsUpToADay(String header, long millis) {
    assertThat(RetryAfter.millis(header, NOW)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Thu, 29 Feb 2024 12:00:30 GMT",
        // The two obsolete forms, which RFC 9110, section 5.6.7, says to understand as well.
        "Thursday, 29-Feb-24 12:00:30 GMT",
        "Thu Feb 29 12:00:30 2024"
      })
  void takesADate(String header) {
    assertThat(RetryAfter.millis(header, NOW)).isEqualTo(30_000);
  }

  @Test
  void takesTheObsoleteFormWithOneDigit() {
    assertThat(RetryAfter.millis("Fri Mar  1 12:00:00 2024", NOW)).isEqualTo(86_400_000);
  }

  @Test
  void aDateFarAwayIsADay() {
    assertThat(RetryAfter.millis("Fri, 31 Dec 9999 23:59:59 GMT", NOW)).isEqualTo(86_400_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "0x10",
        "1 s",
        "1, 2",
        "soon",
        "NaN",
        "١٢",
        "Thu, 29 Feb 2024 11:59:59 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Thu, 30 Feb 2024 12:00:30 GMT",
        "Mon, 29 Feb 2024 12:00:30 GMT",
        "2024-02-29T12:00:30Z",
        "Thu, 29 Feb 2024 12:00:30",
        "\u0000"
      })
  void isAbsentWhereItIsMalformedNegativeOrPast(String header) {
    assertThat(RetryAfter.millis(header, NOW)).isNull();
  }

  @Test
  void isAbsentWithoutTheHeader() {
    assertThat(RetryAfter.millis(null, NOW)).isNull();
  }
}
