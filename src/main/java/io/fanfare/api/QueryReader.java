package io.fanfare.api;

import io.fanfare.id.IdKind;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads the query of a request. Every parameter that is read is known; {@link #end} refuses the
 * others. An empty value is as if absent. Faults are collected and thrown by {@link #end}, all at
 * once; until then a faulty parameter reads as absent.
 */
public final class QueryReader {
  private static final int PARAMETERS_MAX = 100;
  private static final int VALUE_LENGTH_MAX = 1_024;
  // Eighteen digits: all that fit into a long whatever they are.
  private static final long OFFSET_MAX = 999_999_999_999_999_999L;

  private final Map<String, List<String>> parameters;
  private final Set<String> known = new HashSet<>();
  private final Faults faults = new Faults();

  private QueryReader(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  /**
   * The query of a request's URI.
   *
   * @throws ApiException 400 where it is not percent-encoded as it must be
   */
  static QueryReader of(String uri) {
    try {
      return new QueryReader(
          new QueryStringDecoder(
                  uri, java.nio.charset.StandardCharsets.UTF_8, true, PARAMETERS_MAX, true)
              .parameters());
    } catch (IllegalArgumentException e) {
      throw ApiException.malformed("the query is not percent-encoded correctly");
    }
  }

  /** A text of at most 1,024 characters. */
  public Optional<String> text(String name) {
    return text(name, VALUE_LENGTH_MAX);
  }

  private Optional<String> text(String name, int lengthMax) {
    known.add(name);
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      faults.add(name, "must be given once only");
      return Optional.empty();
    }
    if (values.isEmpty() || values.get(0).isEmpty()) {
      return Optional.empty();
    }
    String value = values.get(0);
    if (value.length() > lengthMax || value.indexOf('\0') >= 0) {
      faults.add(name, "must be at most " + lengthMax + " characters, without NUL");
      return Optional.empty();
    }
    return Optional.of(value);
  }

  /** {@code true} or {@code false}, in any case. */
  public Optional<Boolean> bool(String name) {
    Optional<String> text = text(name).map(value -> value.toLowerCase(Locale.ROOT));
    if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
      faults.add(name, "must be true or false");
      return Optional.empty();
    }
    return text.map(value -> value.equals("true"));
  }

  /** One of a few values. */
  public Optional<String> choice(String name, List<String> allowed) {
    Optional<String> text = text(name);
    if (text.isPresent() && !allowed.contains(text.get())) {
      faults.add(name, "must be one of " + String.join(", ", allowed));
      return Optional.empty();
    }
    return text;
  }

  /** Whether {@code order} is {@code asc}; the default is {@code desc}. */
  public boolean ascending() {
    return choice("order", List.of("asc", "desc")).orElse("desc").equals("asc");
  }

  /** A public id; a text that is none is a fault. */
  public Optional<UUID> id(String name, IdKind kind) {
    Optional<String> text = text(name);
    Optional<UUID> id = text.flatMap(kind::parse);
    if (text.isPresent() && id.isEmpty()) {
      faults.add(name, "is not an id of the right kind");
    }
    return id;
  }

  /** {@code start_date} and {@code end_date}. */
  public DateRange dates() {
    Optional<Instant> from = date("start_date", text("start_date"), DateRange::start);
    Optional<Instant> until = date("end_date", text("end_date"), DateRange::end);
    if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
      faults.add("end_date", "must not be before start_date");
    }
    return new DateRange(from.orElse(null), until.orElse(null));
  }

  private Optional<Instant> date(
      String name,
      Optional<String> text,
      java.util.function.Function<String, Optional<Instant>> parser) {
    Optional<Instant> date = text.flatMap(parser);
    if (text.isPresent() && date.isEmpty()) {
      faults.add(name, DateRange.RULE);
    }
    return date;
  }

  /**
   * {@code limit}, {@code offset} and {@code cursor}.
   *
   * @param cursorKind the only kind of cursor that this list and order continue from
   */
  public Page page(String cursorKind) {
    int limit = (int) whole("limit", 1, Page.LIMIT_MAX, Page.LIMIT_DEFAULT);
    long offset = whole("offset", 0, OFFSET_MAX, 0);
    Optional<String> text = text("cursor", Cursor.TEXT_MAX);
    Optional<Cursor> cursor =
        text.flatMap(Cursor::parse).filter(found -> found.kind().equals(cursorKind));
    if (text.isPresent() && cursor.isEmpty()) {
      faults.add("cursor", "must be the next_cursor of an answer for the same list and order");
    }
    if (text.isPresent() && text("offset").isPresent()) {
      faults.add("offset", "must not be given beside cursor");
    }
    return new Page(limit, offset, cursor.orElse(null));
  }

  /** {@code limit} and {@code cursor}, of a list that knows no offset. */
  public Page pageByCursor(String cursorKind) {
    int limit = (int) whole("limit", 1, Page.LIMIT_MAX, Page.LIMIT_DEFAULT);
    Optional<String> text = text("cursor", Cursor.TEXT_MAX);
    Optional<Cursor> cursor =
        text.flatMap(Cursor::parse).filter(found -> found.kind().equals(cursorKind));
    if (text.isPresent() && cursor.isEmpty()) {
      faults.add("cursor", "must be the next_cursor of an answer for the same list and order");
    }
    return new Page(limit, 0, cursor.orElse(null));
  }

  private long whole(String name, long min, long max, long absent) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return absent;
    }
    if (text.get().matches("\\d{1,18}")) {
      long value = Long.parseLong(text.get());
      if (value >= min && value <= max) {
        return value;
      }
    }
    faults.add(name, "must be a whole number between " + min + " and " + max);
    return absent;
  }

  /** One more fault, of what the caller checks itself. */
  public void fault(String name, String message) {
    faults.add(name, message);
  }

  /**
   * Everything was read.
   *
   * @throws ApiException 400 with all faults, unknown parameters included
   */
  public void end() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        faults.add(
            name,
            known.isEmpty()
                ? "is not a parameter of this route, which has none"
                : "is not a parameter of this route; known are "
                    + String.join(", ", known.stream().sorted().toList()));
      }
    }
    faults.enforce();
  }
}
