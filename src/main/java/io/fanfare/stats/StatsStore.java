package io.fanfare.stats;

import io.fanfare.stats.StatsFold.Accepted;
import io.fanfare.stats.StatsFold.AcceptedKey;
import io.fanfare.stats.StatsFold.Ended;
import io.fanfare.stats.StatsFold.EndedKey;
import io.fanfare.stats.StatsFold.EventKey;
import io.fanfare.stats.StatsFold.Total;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.SortedMap;

/** Writes the counters. The reading side is {@link StatsReader}. */
final class StatsStore {
  /**
   * Folds go one after the other, whatever process they are in: then no two of them wait for each
   * other's rows, and one that finds no change knows that there is none. The planner settings hold
   * for this transaction only: it knows nothing of the sizes of the arrays, and every join here is
   * by key.
   */
  private static final String BEGIN =
      """
      select %s as now_minute,
        pg_advisory_xact_lock(4711302286014437161),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
      """
          .formatted(OverviewStore.MINUTE_OF.formatted("now()"));

  private static final String TAKE_DELTAS =
      """
      delete from stat_delta
      where ctid = any(array(
        select ctid from (
          select ctid, sum(n) over (order by ctid) - n as before
          from (select ctid, cardinality(webhooks) + cardinality(event_counts) as n from stat_delta limit $1::int4) as taken
        ) as counted
        where before < $2::int8))
      returning webhooks, kinds, types, accepted_hours, statuses, ended_millis, response_millis,
        event_kinds, event_hours, event_types, event_projects, event_counts
      """;

  private static final String SKETCHES =
      """
      select s.webhook, s.grain, s.start, s.event_type, s.sketch
      from unnest($1::int4[], $2::int2[], $3::int8[], $4::text[])
        as k(webhook, grain, start, event_type)
      join stat_ended s on s.webhook = k.webhook and s.grain = k.grain and s.start = k.start
        and s.event_type = k.event_type
      """;

  private static final String ADD_ACCEPTED =
      """
      insert into stat_accepted as s (webhook, hour, event_type, accepted, success, failed)
      select * from unnest(
        $1::int4[], $2::int8[], $3::text[], $4::int8[], $5::int8[], $6::int8[])
      on conflict (webhook, hour, event_type) do update set
        accepted = s.accepted + excluded.accepted,
        success = s.success + excluded.success,
        failed = s.failed + excluded.failed
      """;

  private static final String ADD_ENDED =
      """
      insert into stat_ended as s
        (webhook, grain, start, event_type, success, failed, answered, millis_sum, sketch)
      select * from unnest(
        $1::int4[], $2::int2[], $3::int8[], $4::text[], $5::int8[], $6::int8[], $7::int8[],
        $8::int8[], $9::bytea[])
      on conflict (webhook, grain, start, event_type) do update set
        success = s.success + excluded.success,
        failed = s.failed + excluded.failed,
        answered = s.answered + excluded.answered,
        millis_sum = s.millis_sum + excluded.millis_sum,
        sketch = excluded.sketch
      """;

  private static final String ADD_TOTALS =
      """
      insert into stat_total as s
        (webhook, accepted, success, failed, answered, millis_sum, last_ended_at)
      select webhook, accepted, success, failed, answered, millis_sum,
        case when last_millis > 0 then to_timestamp(last_millis / 1000.0::float8) end
      from unnest(
        $1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
        as k(webhook, accepted, success, failed, answered, millis_sum, last_millis)
      on conflict (webhook) do update set
        accepted = s.accepted + excluded.accepted,
        success = s.success + excluded.success,
        failed = s.failed + excluded.failed,
        answered = s.answered + excluded.answered,
        millis_sum = s.millis_sum + excluded.millis_sum,
        last_ended_at = greatest(s.last_ended_at, excluded.last_ended_at)
      """;

  private static final String ADD_EVENTS =
      """
      insert into stat_event as s (project_id, hour, event_type, published)
      select * from unnest($1::text[], $2::int8[], $3::text[], $4::int8[])
      on conflict (project_id, hour, event_type) do update set
        published = s.published + excluded.published
      """;

  /**
   * Counters by hour of acceptance serve lists of what is kept; the first of a partition's bounds
   * is the smallest id in it, and the first 48 bits of an id are milliseconds.
   */
  private static final String FORGET =
      """
      delete from %1$s
      where ctid = any(array(
        select ctid from %1$s
        where hour < (
          select min(('x' || replace(left(
              substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''([0-9a-f-]{36})''\\)'),
              13), '-', ''))::bit(48)::int8) / 3600000
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = '%2$s'::regclass)
        limit $1::int4))
      """;

  /**
   * Deletes counters of hours of which retention has left nothing.
   *
   * @param rowsMax most rows deleted, of each table
   */
  Future<Void> forget(Pool pool, int rowsMax) {
    return pool.preparedQuery(FORGET.formatted("stat_accepted", "delivery"))
        .execute(Tuple.of(rowsMax))
        .compose(
            done ->
                pool.preparedQuery(FORGET.formatted("stat_event", "event"))
                    .execute(Tuple.of(rowsMax)))
        .compose(done -> OverviewStore.forget(pool))
        .mapEmpty();
  }

  /**
   * What one fold took.
   *
   * @param more whether there may be more to fold
   */
  record Folded(int flushes, boolean more) {}

  /**
   * Folds the changes of some flushes into the counters and forgets them, within the transaction of
   * the connection: after a rollback nothing has happened.
   *
   * @param flushesMax most flushes folded
   * @param changesMax about as many changes; one flush more at the most
   */
  Future<Folded> fold(SqlConnection connection, int flushesMax, long changesMax) {
    return connection
        .query(BEGIN)
        .execute()
        // A statement of its own: what it deletes must be looked for after the lock is there.
        .compose(
            locked -> {
              long nowMinute = locked.iterator().next().getLong("now_minute");
              return connection
                  .preparedQuery(TAKE_DELTAS)
                  .execute(Tuple.of(flushesMax, changesMax))
                  .compose(
                      deltas -> {
                        StatsFold fold = foldOf(deltas, nowMinute);
                        boolean more = deltas.size() >= flushesMax || fold.changes() >= changesMax;
                        Folded folded = new Folded(deltas.size(), more);
                        return deltas.size() == 0
                            ? Future.succeededFuture(folded)
                            : write(connection, fold).map(written -> folded);
                      });
            });
  }

  private static StatsFold foldOf(RowSet<Row> flushes, long nowMinute) {
    StatsFold fold = new StatsFold(nowMinute);
    flushes.forEach(row -> FlushDelta.of(row).addTo(fold));
    return fold;
  }

  /** In one order of tables, and each in the order of its key. */
  private static Future<Void> write(SqlConnection connection, StatsFold fold) {
    return addAccepted(connection, fold.accepted())
        .compose(added -> addTotals(connection, fold.totals()))
        .compose(added -> addEvents(connection, fold.events()))
        .compose(added -> addEnded(connection, fold.ended()))
        .compose(added -> OverviewStore.add(connection, fold.overview()));
  }

  private static Future<Void> addEvents(
      SqlConnection connection, SortedMap<EventKey, Long> counts) {
    if (counts.isEmpty()) {
      return Future.succeededFuture();
    }
    var keys = counts.keySet();
    return connection
        .preparedQuery(ADD_EVENTS)
        .execute(
            tuple(
                keys.stream().map(EventKey::projectId).toArray(String[]::new),
                keys.stream().map(EventKey::hour).toArray(Long[]::new),
                keys.stream().map(EventKey::eventType).toArray(String[]::new),
                counts.values().toArray(Long[]::new)))
        .mapEmpty();
  }

  private static Future<Void> addAccepted(
      SqlConnection connection, SortedMap<AcceptedKey, Accepted> counts) {
    if (counts.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = counts.size();
    Integer[] webhooks = new Integer[size];
    Long[] hours = new Long[size];
    String[] types = new String[size];
    Long[] accepted = new Long[size];
    Long[] success = new Long[size];
    Long[] failed = new Long[size];
    int i = 0;
    for (Map.Entry<AcceptedKey, Accepted> entry : counts.entrySet()) {
      AcceptedKey key = entry.getKey();
      Accepted count = entry.getValue();
      webhooks[i] = key.webhook();
      hours[i] = key.hour();
      types[i] = key.eventType();
      accepted[i] = count.accepted;
      success[i] = count.success;
      failed[i] = count.failed;
      i++;
    }
    return connection
        .preparedQuery(ADD_ACCEPTED)
        .execute(tuple(webhooks, hours, types, accepted, success, failed))
        .mapEmpty();
  }

  private static Future<Void> addTotals(
      SqlConnection connection, SortedMap<Integer, Total> counts) {
    if (counts.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = counts.size();
    Integer[] webhooks = new Integer[size];
    Long[] accepted = new Long[size];
    Long[] success = new Long[size];
    Long[] failed = new Long[size];
    Long[] answered = new Long[size];
    Long[] millisSums = new Long[size];
    Long[] lastMillis = new Long[size];
    int i = 0;
    for (Map.Entry<Integer, Total> entry : counts.entrySet()) {
      Total count = entry.getValue();
      webhooks[i] = entry.getKey();
      accepted[i] = count.accepted;
      success[i] = count.success;
      failed[i] = count.failed;
      answered[i] = count.answered;
      millisSums[i] = count.millisSum;
      lastMillis[i] = count.lastEndedMillis;
      i++;
    }
    return connection
        .preparedQuery(ADD_TOTALS)
        .execute(tuple(webhooks, accepted, success, failed, answered, millisSums, lastMillis))
        .mapEmpty();
  }

  private static Future<Void> addEnded(
      SqlConnection connection, SortedMap<EndedKey, Ended> counts) {
    if (counts.isEmpty()) {
      return Future.succeededFuture();
    }
    int size = counts.size();
    Integer[] webhooks = new Integer[size];
    Short[] grains = new Short[size];
    Long[] starts = new Long[size];
    String[] types = new String[size];
    int i = 0;
    for (EndedKey key : counts.keySet()) {
      webhooks[i] = key.webhook();
      grains[i] = key.grain();
      starts[i] = key.start();
      types[i] = key.eventType();
      i++;
    }
    return connection
        .preparedQuery(SKETCHES)
        .execute(tuple(webhooks, grains, starts, types))
        .compose(
            sketches -> {
              for (Row row : sketches) {
                EndedKey key =
                    new EndedKey(
                        row.getInteger("webhook"),
                        row.getShort("grain"),
                        row.getLong("start"),
                        row.getString("event_type"));
                counts.get(key).times.merge(row.getBuffer("sketch").getBytes());
              }
              return addEnded(connection, webhooks, grains, starts, types, counts);
            });
  }

  private static Future<Void> addEnded(
      SqlConnection connection,
      Integer[] webhooks,
      Short[] grains,
      Long[] starts,
      String[] types,
      SortedMap<EndedKey, Ended> counts) {
    int size = counts.size();
    Long[] success = new Long[size];
    Long[] failed = new Long[size];
    Long[] answered = new Long[size];
    Long[] millisSums = new Long[size];
    Buffer[] sketches = new Buffer[size];
    int i = 0;
    for (Ended count : counts.values()) {
      success[i] = count.success;
      failed[i] = count.failed;
      answered[i] = count.answered;
      millisSums[i] = count.millisSum;
      sketches[i] = Buffer.buffer(count.times.encode());
      i++;
    }
    return connection
        .preparedQuery(ADD_ENDED)
        .execute(
            tuple(webhooks, grains, starts, types, success, failed, answered, millisSums, sketches))
        .mapEmpty();
  }

  static Tuple tuple(Object... arrays) {
    return Tuple.from(arrays);
  }
}
