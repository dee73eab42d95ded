package io.fanfare.stats;

import io.fanfare.stats.StatsFold.OverviewCounts;
import io.fanfare.stats.StatsFold.OverviewKey;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.SortedMap;

/**
 * Writes the buckets of the whole service, as a part of each fold. The reading side is {@link
 * OverviewReader}.
 */
final class OverviewStore {
  /** Minutes since 1970 of a moment; a cast alone would round up from its middle on. */
  static final String MINUTE_OF = "floor(extract(epoch from %s) / 60)::int8";

  private static final String SKETCHES =
      """
      select s.grain, s.start, s.sketch
      from unnest($1::int2[], $2::int8[]) as k(grain, start)
      join stat_overview s on s.grain = k.grain and s.start = k.start
      """;

  private static final String ADD =
      """
      insert into stat_overview as s (grain, start, events, accepted, success, failed, sketch)
      select * from unnest(
        $1::int2[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[])
      on conflict (grain, start) do update set
        events = s.events + excluded.events,
        accepted = s.accepted + excluded.accepted,
        success = s.success + excluded.success,
        failed = s.failed + excluded.failed,
        sketch = excluded.sketch
      """;

  /** What no plot shows any more: days stay. */
  private static final String FORGET =
      """
      delete from stat_overview where grain < 1440 and start < %s
        - case grain when 1 then %d when 15 then %d else %d end
      """
          .formatted(
              MINUTE_OF.formatted("now()"),
              StatsFold.OVERVIEW_KEPT_MINUTES[0],
              StatsFold.OVERVIEW_KEPT_MINUTES[1],
              StatsFold.OVERVIEW_KEPT_MINUTES[2]);

  private OverviewStore() {}

  /** Deletes what no plot shows any more. */
  static Future<Void> forget(Pool pool) {
    return pool.query(FORGET).execute().mapEmpty();
  }

  /** Adds to the buckets, within the transaction of the connection. */
  static Future<Void> add(SqlConnection connection, SortedMap<OverviewKey, OverviewCounts> counts) {
    var keys = counts.keySet();
    Short[] grains = keys.stream().map(OverviewKey::grain).toArray(Short[]::new);
    Long[] starts = keys.stream().map(OverviewKey::start).toArray(Long[]::new);
    return connection
        .preparedQuery(SKETCHES)
        .execute(StatsStore.tuple(grains, starts))
        .compose(
            sketches -> {
              for (Row row : sketches) {
                OverviewKey key = new OverviewKey(row.getShort("grain"), row.getLong("start"));
                counts.get(key).times.merge(row.getBuffer("sketch").getBytes());
              }
              var values = counts.values();
              return connection
                  .preparedQuery(ADD)
                  .execute(
                      StatsStore.tuple(
                          grains,
                          starts,
                          values.stream().map(one -> one.events).toArray(Long[]::new),
                          values.stream().map(one -> one.accepted).toArray(Long[]::new),
                          values.stream().map(one -> one.success).toArray(Long[]::new),
                          values.stream().map(one -> one.failed).toArray(Long[]::new),
                          values.stream()
                              .map(one -> Buffer.buffer(one.times.encode()))
                              .toArray(Buffer[]::new)));
            })
        .mapEmpty();
  }
}
