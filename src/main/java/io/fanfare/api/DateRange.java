package io.fanfare.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of time as {@code start_date} and {@code end_date} ask for it (contract, section 5).
 *
 * @param from first millisecond in the range; null for no bound
 * @param until first millisecond after the range; null for no bound
 */
public record DateRange(@Nullable Instant from, @Nullable Instant until) {
  /** What a date must look like, going on after the name of the parameter. */
  static final String RULE =
      "must be an ISO 8601 date or time, like 2024-01-31 or 2024-01-31T12:00:00Z";

  // A '+' of an offset that the client did not encode arrives as a blank.
  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})"
              + "(?:[Tt](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?"
              + "([Zz]|[+ -]\\d{2}(?::?\\d{2})?)?)?");

  /** The moment at which a text's date or time begins; empty where the text is none. */
  static Optional<Instant> start(String text) {
    return parse(text)
        .map(
            moment -> {
              Instant millis = moment.at().truncatedTo(ChronoUnit.MILLIS);
              return millis.equals(moment.at()) ? millis : millis.plusMillis(1);
            });
  }

  /**
   * The first millisecond after a text's date or time: a plain date lasts the whole day, a whole
   * second to its end.
   */
  static Optional<Instant> end(String text) {
    return parse(text)
        .map(
            moment -> {
              if (moment.wholeDay()) {
                return moment.at().plus(1, ChronoUnit.DAYS);
              }
              return moment.at().equals(moment.at().truncatedTo(ChronoUnit.SECONDS))
                  ? moment.at().plusSeconds(1)
                  : moment.at().truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
            });
  }

  private record Moment(Instant at, boolean wholeDay) {}

  private static Optional<Moment> parse(String text) {
    Matcher iso = ISO.matcher(text);
    if (!iso.matches()) {
      return Optional.empty();
    }
    try {
      LocalDate date =
          LocalDate.of(
              Integer.parseInt(iso.group(1)),
              Integer.parseInt(iso.group(2)),
              Integer.parseInt(iso.group(3)));
      if (iso.group(4) == null) {
        return Optional.of(new Moment(date.atStartOfDay(ZoneOffset.UTC).toInstant(), true));
      }
      LocalTime time =
          LocalTime.of(
              Integer.parseInt(iso.group(4)),
              Integer.parseInt(iso.group(5)),
              iso.group(6) == null ? 0 : Integer.parseInt(iso.group(6)),
              nanos(iso.group(7)));
      Instant at = date.atTime(time).toInstant(offset(iso.group(8)));
      return Optional.of(new Moment(at, false));
    } catch (DateTimeException noSuchDate) {
      return Optional.empty();
    }
  }

  private static int nanos(@Nullable String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
  }

  private static ZoneOffset offset(@Nullable String text) {
    if (text == null || text.equalsIgnoreCase("z")) {
      return ZoneOffset.UTC;
    }
    return ZoneOffset.of(text.replace(' ', '+'));
  }
}
