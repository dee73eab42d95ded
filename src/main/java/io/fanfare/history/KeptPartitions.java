package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which times the partitions of {@code delivery} cover: what retention has left. */
final class KeptPartitions {
  private static final String BOUNDS =
      """
      select pg_get_expr(c.relpartbound, c.oid) as bounds
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'delivery'::regclass and not i.inhdetachpending
      """;

  private static final Pattern FROM_TO =
      Pattern.compile("FOR VALUES FROM \\('([0-9a-f-]{36})'\\) TO \\('([0-9a-f-]{36})'\\)");

  private final Pool pool;

  KeptPartitions(Pool pool) {
    this.pool = pool;
  }

  /** The time of each partition; they do not overlap. */
  Future<List<TimeRange>> deliveries() {
    return pool.preparedQuery(BOUNDS)
        .execute()
        .map(
            rows -> {
              List<TimeRange> ranges = new ArrayList<>(rows.size());
              for (Row row : rows) {
                ranges.add(rangeOf(row.getString("bounds")));
              }
              return ranges;
            });
  }

  /** The times of a partition's bounds, as PostgreSQL writes them. */
  static TimeRange rangeOf(String bounds) {
    Matcher matcher = FROM_TO.matcher(bounds);
    if (!matcher.matches()) {
      throw new IllegalStateException("a partition of delivery has unknown bounds: " + bounds);
    }
    return new TimeRange(
        IdGenerator.millis(UUID.fromString(matcher.group(1))),
        IdGenerator.millis(UUID.fromString(matcher.group(2))));
  }
}
