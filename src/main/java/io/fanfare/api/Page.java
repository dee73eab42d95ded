package io.fanfare.api;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param limit 1 to 100
 * @param offset entries to skip; 0 when a cursor is given
 * @param cursor where the part before ended; null for the start of the list
 */
public record Page(int limit, long offset, @Nullable Cursor cursor) {
  /** Entries in a page where none is asked for. */
  public static final int LIMIT_DEFAULT = 20;

  /** Largest page. */
  public static final int LIMIT_MAX = 100;

  /** How many entries to read: one more than asked for tells whether there are more. */
  public int fetch() {
    return limit + 1;
  }

  /** The entries of this page out of those that were read with {@link #fetch}. */
  public <T> List<T> entries(List<T> fetched) {
    return fetched.size() > limit ? fetched.subList(0, limit) : fetched;
  }

  /**
   * The {@code pagination} member of the answer.
   *
   * @param fetched what was read with {@link #fetch}
   * @param cursorOf the cursor that continues after an entry
   */
  public <T> JsonObject pagination(List<T> fetched, Function<? super T, Cursor> cursorOf) {
    boolean more = fetched.size() > limit;
    return new JsonObject()
        .put("limit", limit)
        .put("offset", offset)
        .put("has_more", more)
        .put("next_cursor", more ? cursorOf.apply(fetched.get(limit - 1)).text() : null);
  }
}
