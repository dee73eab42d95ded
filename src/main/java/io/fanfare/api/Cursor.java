package io.fanfare.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A place in a list, opaque to clients: URL-safe text of a few values, such as the sort key and the
 * id of the last entry shown.
 *
 * @param kind which list and order it belongs to; a cursor of another kind is refused
 * @param values what the list needs to go on; none has a NUL character
 */
public record Cursor(String kind, List<String> values) {
  /** Longest cursor text that is looked at. */
  static final int TEXT_MAX = 16_384;

  private static final String SEPARATOR = "\u0000";

  public Cursor {
    values = List.copyOf(values);
  }

  /** A cursor of a kind. */
  public static Cursor of(String kind, String... values) {
    return new Cursor(kind, List.of(values));
  }

  /** The text for {@code next_cursor}. */
  public String text() {
    List<String> all = new ArrayList<>(values);
    all.add(0, kind);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join(SEPARATOR, all).getBytes(StandardCharsets.UTF_8));
  }

  /** The cursor behind a text; empty where it is none. Never throws. */
  public static Optional<Cursor> parse(String text) {
    if (text.length() > TEXT_MAX) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      String joined = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      List<String> all = List.of(joined.split(SEPARATOR, -1));
      return Optional.of(new Cursor(all.get(0), all.subList(1, all.size())));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
