package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which times the partitions of a table cover: what retention has left. */
final class KeptPartitions {
  private static final String BOUNDS =
      """
      select pg_get_expr(c.relpartbound, c.oid) as bounds
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = $1::text::regclass and not i.inhdetachpending
      """;

  private static final Pattern FROM_TO =
      Pattern.compile("FOR VALUES FROM \\('([0-9a-f-]{36})'\\) TO \\('([0-9a-f-]{36})'\\)");

  private final Pool pool;
  private final String table;

  /**
   * @param table {@code delivery} or {@code event}
   */
  KeptPartitions(Pool pool, String table) {
    this.pool = pool;
    this.table = table;
  }

  /**
   * What of a range of time is covered, oldest first. Days that follow each other are one part: for
   * thirty parts PostgreSQL searches a table thirty times, or compares each of its rows with all.
   */
  Future<List<TimeRange>> within(TimeRange range) {
    return pool.preparedQuery(BOUNDS)
        .execute(Tuple.of(table))
        .map(
            rows -> {
              List<TimeRange> ranges = new ArrayList<>(rows.size());
              for (Row row : rows) {
                TimeRange kept = rangeOf(row.getString("bounds")).within(range);
                if (!kept.isEmpty()) {
                  ranges.add(kept);
                }
              }
              return joined(ranges);
            });
  }

  /** Ranges that do not overlap, in order, and as few as possible. */
  static List<TimeRange> joined(List<TimeRange> ranges) {
    List<TimeRange> joined = new ArrayList<>();
    for (TimeRange next :
        ranges.stream().sorted(Comparator.comparingLong(TimeRange::fromMillis)).toList()) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).untilMillis() == next.fromMillis()) {
        joined.set(last, new TimeRange(joined.get(last).fromMillis(), next.untilMillis()));
      } else {
        joined.add(next);
      }
    }
    return joined;
  }

  /** The times of a partition's bounds, as PostgreSQL writes them. */
  static TimeRange rangeOf(String bounds) {
    Matcher matcher = FROM_TO.matcher(bounds);
    if (!matcher.matches()) {
      throw new IllegalStateException("a partition has unknown bounds: " + bounds);
    }
    return new TimeRange(
        IdGenerator.millis(UUID.fromString(matcher.group(1))),
        IdGenerator.millis(UUID.fromString(matcher.group(2))));
  }
}
