package io.fanfare.delivery;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * {@code Retry-After} (RFC 9110, section 10.2.3): whole seconds or a date. Malformed, negative or
 * past is as if absent; 0 counts as present; more than 24 hours is 24 hours.
 */
final class RetryAfter {
  private static final long SECONDS_MAX = 24 * 3600;
  private static final int DIGITS_MAX = 10;

  private RetryAfter() {}

  /** The wait in milliseconds, or null where the header says nothing usable. */
  static @Nullable Long millis(@Nullable String header, long nowMillis) {
    if (header == null) {
      return null;
    }
    String text = header.trim();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // More digits than fit are more than the bound, too.
      long seconds = text.length() > DIGITS_MAX ? SECONDS_MAX : Long.parseLong(text);
      return Math.min(seconds, SECONDS_MAX) * 1000;
    }
    try {
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      long wait = at.toEpochMilli() - nowMillis;
      return wait < 0 ? null : Math.min(wait, SECONDS_MAX * 1000);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
