package io.fanfare.api;

import io.fanfare.id.IdKind;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Paging of lists in the order of ids, newest first: a cursor holds the last id shown. */
final class HistoryCursor {
  private HistoryCursor() {}

  /** A cursor that continues after an id. */
  static Cursor of(String cursorKind, IdKind kind, UUID id) {
    return Cursor.of(cursorKind, kind.format(id));
  }

  /** The id in a page's cursor; a cursor that holds none is a fault of the query. */
  static Optional<UUID> id(Page page, IdKind kind, QueryReader query) {
    Cursor cursor = page.cursor();
    if (cursor == null) {
      return Optional.empty();
    }
    Optional<UUID> id =
        cursor.values().size() == 1 ? kind.parse(cursor.values().get(0)) : Optional.empty();
    if (id.isEmpty()) {
      query.fault("cursor", "must be the next_cursor of an answer for the same list and order");
    }
    return id;
  }

  /**
   * How many entries the whole list has, where the page tells: it starts at a known place and holds
   * the last entry.
   */
  static Optional<Long> total(Page page, List<?> fetched) {
    boolean endIsKnown =
        fetched.size() <= page.limit() && (page.offset() == 0 || !fetched.isEmpty());
    return page.cursor() == null && endIsKnown
        ? Optional.of(page.offset() + fetched.size())
        : Optional.empty();
  }
}
