package io.fanfare.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** How moments look in answers: ISO 8601 in UTC, ending in {@code Z} (contract, section 5). */
public final class Timestamps {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Whole seconds, for the fields of the API document; null stays null. */
  public static @Nullable String seconds(@Nullable Instant moment) {
    return moment == null
        ? null
        : DateTimeFormatter.ISO_INSTANT.format(moment.truncatedTo(ChronoUnit.SECONDS));
  }

  /** Milliseconds, for our own fields; null stays null. */
  public static @Nullable String millis(@Nullable Instant moment) {
    return moment == null ? null : MILLIS.format(moment);
  }
}
