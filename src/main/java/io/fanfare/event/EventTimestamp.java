package io.fanfare.event;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Timestamps of events: any offset comes in, UTC goes out, a fraction is kept up to milliseconds.
 */
final class EventTimestamp {
  private static final int YEAR_MIN = 1970;
  private static final int YEAR_MAX = 9999;
  private static final int LENGTH_MAX = 64;
  // ISO 8601's other spelling of an offset, which strftime and others write: +0800.
  private static final Pattern OFFSET_WITHOUT_COLON = Pattern.compile("([+-]\\d{2})(\\d{2})$");

  private EventTimestamp() {}

  /**
   * The text that is sent on; empty where the given one is no ISO 8601 date and time of the years
   * 1970–9999.
   */
  static Optional<String> normalize(String text) {
    if (text.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    try {
      OffsetDateTime time =
          OffsetDateTime.parse(
                  OFFSET_WITHOUT_COLON.matcher(text).replaceFirst("$1:$2"),
                  DateTimeFormatter.ISO_OFFSET_DATE_TIME)
              .withOffsetSameInstant(ZoneOffset.UTC);
      if (time.getYear() < YEAR_MIN || time.getYear() > YEAR_MAX) {
        return Optional.empty();
      }
      return Optional.of(time.toInstant().truncatedTo(ChronoUnit.MILLIS).toString());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Now, in whole seconds: the document's form. */
  static String of(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
