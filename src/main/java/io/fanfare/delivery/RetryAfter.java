package io.fanfare.delivery;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code Retry-After} (RFC 9110, section 10.2.3): whole seconds or a date. Malformed, negative or
 * past is as if absent; 0 counts as present; more than 24 hours is 24 hours.
 */
public final class RetryAfter {
  private static final long SECONDS_MAX = 24 * 3600;
  private static final int DIGITS_MAX = 10;
  // The present form of a date, and the two obsolete ones (RFC 9110, section 5.6.7).
  private static final List<DateTimeFormatter> FORMATS =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME.withResolverStyle(ResolverStyle.STRICT),
          format("EEEE, dd-MMM-uu HH:mm:ss 'GMT'"),
          format("EEE MMM ppd HH:mm:ss uuuu"));

  private RetryAfter() {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)
        .withResolverStyle(ResolverStyle.STRICT)
        .withZone(ZoneOffset.UTC);
  }

  /** The wait in milliseconds, or null where the header says nothing usable. */
  public static @Nullable Long millis(@Nullable String header, long nowMillis) {
    if (header == null) {
      return null;
    }
    String text = header.trim();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // More digits than fit are more than the bound, too.
      long seconds = text.length() > DIGITS_MAX ? SECONDS_MAX : Long.parseLong(text);
      return Math.min(seconds, SECONDS_MAX) * 1000;
    }
    for (DateTimeFormatter format : FORMATS) {
      Instant at = parsed(text, format);
      if (at != null) {
        long wait = at.toEpochMilli() - nowMillis;
        return wait < 0 ? null : Math.min(wait, SECONDS_MAX * 1000);
      }
    }
    return null;
  }

  private static @Nullable Instant parsed(String text, DateTimeFormatter format) {
    try {
      return Instant.from(format.parse(text));
    } catch (DateTimeException otherForm) {
      return null;
    }
  }
}
