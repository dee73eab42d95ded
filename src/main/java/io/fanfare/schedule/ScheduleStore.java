package io.fanfare.schedule;

import io.fanfare.event.Event;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.trace.Trace;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The SQL of what waits. */
final class ScheduleStore {
  private static final String HEADS =
      """
      select webhook, (extract(epoch from min(due_at)) * 1000)::int8
      from delivery where due_at is not null group by webhook
      """;

  // Always from the head: a cursor that moves forward would miss rows that are committed late. What
  // a webhook holds is cut out of the array once, not searched among everybody's for each row. The
  // limit of one makes the planner look every event up by its key, whatever it thinks of a young
  // partition.
  private static final String PAGES =
      """
      select r.webhook, d.id, d.attempts, d.probes, e.id, e.type, e.project_id, e.occurred_at, e.data,
        e.traceparent
      from (
        select t.webhook, t.n, ($5::uuid[])[t.low:t.high] as held
        from unnest($1::int4[], $2::int4[], $3::int4[], $4::int4[]) as t(webhook, n, low, high)
        offset 0
      ) r
      cross join lateral (
        select id, event_id, attempts, probes, due_at from delivery
        where webhook = r.webhook and due_at is not null and due_at <= to_timestamp($6::int8 / 1000.0::float8)
          and id <> all (r.held)
        order by due_at limit r.n
      ) d
      cross join lateral (select * from event where id = d.event_id limit 1) e
      order by r.webhook, d.due_at
      """;

  private static final String NEXT =
      """
      select r.webhook, (extract(epoch from d.due_at) * 1000)::int8
      from unnest($1::int4[]) as r(webhook)
      cross join lateral (
        select due_at from delivery where webhook = r.webhook and due_at is not null and due_at > to_timestamp($2::int8 / 1000.0::float8)
        order by due_at limit 1
      ) d
      """;

  // The BRIN index on id bounds recovery and repair to what lies between two ids, and nothing but a
  // bitmap scan reads it. Without one the key of the whole day is read: 27,000 blocks instead of
  // 236 for the last 10,000 of two million rows, PostgreSQL 15.
  private static final String READ_BLOCK_RANGES = "set local enable_bitmapscan = on";

  private static final String HELD_BY_EARLIER =
      """
      select webhook, id from delivery
      where status = 'pending' and due_at is null and id >= $1::uuid and id < $2::uuid
      order by id limit $3::int4
      """;

  private static final String MAKE_DUE =
      """
      update delivery d set due_at = now()
      from unnest($1::int4[], $2::uuid[]) as k(webhook, id), node
      where node.epoch = $3::int8
        and d.webhook = k.webhook and d.id = k.id and d.id between $4::uuid and $5::uuid
        and d.status = 'pending' and d.due_at is null
      """;

  private static final String REPAIR =
      """
      update delivery set due_at = now()
      from node
      where node.epoch = $3::int8
        and status = 'pending' and due_at is null and id >= $1::uuid and id < $2::uuid
      """;

  private static final String END_WAITING =
      """
      with fence as (select 1 from node where epoch = $1::int8),
      changed as (
        update delivery d set status = 'failed', failed = true, due_at = null, ended_at = now(), error = $2::text
        from (
          select webhook, id from delivery
          where due_at is not null and %s
          order by webhook, due_at limit $4::int4
        ) w, fence
        where d.webhook = w.webhook and d.id = w.id and d.status = 'pending'
        returning d.webhook, d.event_type, d.id, d.response_time, d.test
      ),
      counts as (
        insert into stat_delta (webhooks, types, accepted_hours, statuses, ended_millis, response_millis)
        select array_agg(webhook), array_agg(event_type),
          array_agg(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::int8 / 3600000),
          array_agg(2::int2), array_agg((extract(epoch from now()) * 1000)::int8),
          array_agg(coalesce(response_time, -1))
        from changed where not test
        having count(*) > 0
      )
      select count(*)::int4 from changed
      """;

  private static final String END_OF_WEBHOOK =
      END_WAITING.formatted("webhook = $3::int4 and id <> all ($5::uuid[])");
  private static final String END_EXPIRED = END_WAITING.formatted("id < $3::uuid");

  private static final String DELETED_WITH_WAITING =
      """
      select number from webhook w
      where deleted_at is not null
        and exists (select 1 from delivery d where d.webhook = w.number and d.due_at is not null)
      """;

  private final SqlClient client;
  private final Fence fence;

  /** The key of a delivery. */
  record Key(int webhook, UUID id) {}

  ScheduleStore(SqlClient client, Fence fence) {
    this.client = client;
    this.fence = fence;
  }

  /** The first due moment of every webhook with something waiting, milliseconds since 1970. */
  Future<Map<Integer, Long>> heads() {
    return client.preparedQuery(HEADS).execute().map(ScheduleStore::moments);
  }

  /** The pages asked for, by webhook: of what is due at that moment. */
  Future<Map<Integer, List<Page.Due>>> pages(List<PageRequest> requests, long nowMillis) {
    int n = requests.size();
    Integer[] webhooks = new Integer[n];
    Integer[] limits = new Integer[n];
    Integer[] lows = new Integer[n];
    Integer[] highs = new Integer[n];
    List<UUID> held = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      PageRequest request = requests.get(i);
      webhooks[i] = request.webhook();
      limits[i] = request.limit();
      lows[i] = held.size() + 1; // PostgreSQL counts from 1, and its slices include both ends
      held.addAll(request.held());
      highs[i] = held.size();
    }
    return client
        .preparedQuery(PAGES)
        .execute(
            Tuple.tuple()
                .addArrayOfInteger(webhooks)
                .addArrayOfInteger(limits)
                .addArrayOfInteger(lows)
                .addArrayOfInteger(highs)
                .addArrayOfUUID(held.toArray(UUID[]::new))
                .addLong(nowMillis))
        .map(
            rows -> {
              Map<Integer, List<Page.Due>> pages = new HashMap<>();
              for (Row row : rows) {
                pages
                    .computeIfAbsent(row.getInteger(0), webhook -> new ArrayList<>())
                    .add(
                        new Page.Due(
                            row.getUUID(1),
                            new Event(
                                row.getUUID(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getBuffer(8),
                                Trace.parse(row.getString(9))),
                            row.getShort(2),
                            row.getShort(3)));
              }
              return pages;
            });
  }

  /** When these webhooks are due next, after that moment: what is in no page of the same moment. */
  Future<Map<Integer, Long>> next(List<PageRequest> requests, long nowMillis) {
    Integer[] webhooks = requests.stream().map(PageRequest::webhook).toArray(Integer[]::new);
    return client
        .preparedQuery(NEXT)
        .execute(Tuple.tuple().addArrayOfInteger(webhooks).addLong(nowMillis))
        .map(ScheduleStore::moments);
  }

  /**
   * The oldest deliveries that are pending, not waiting, and between the ids. For a client that is
   * in a transaction.
   */
  Future<List<Key>> heldByEarlier(UUID from, UUID before, int limit) {
    return betweenIds(HELD_BY_EARLIER, Tuple.of(from, before, limit))
        .map(
            rows -> {
              List<Key> keys = new ArrayList<>(rows.size());
              rows.forEach(row -> keys.add(new Key(row.getInteger(0), row.getUUID(1))));
              return keys;
            });
  }

  /**
   * Makes due at once those of these that are pending and not waiting; completes with how many.
   *
   * @param keys at least one, sorted by webhook and id
   */
  Future<Integer> makeDue(List<Key> keys) {
    UUID smallest = keys.stream().map(Key::id).min(IdGenerator.ORDER).orElseThrow();
    UUID largest = keys.stream().map(Key::id).max(IdGenerator.ORDER).orElseThrow();
    return client
        .preparedQuery(MAKE_DUE)
        .execute(
            Tuple.tuple()
                .addArrayOfInteger(keys.stream().map(Key::webhook).toArray(Integer[]::new))
                .addArrayOfUUID(keys.stream().map(Key::id).toArray(UUID[]::new))
                .addLong(fence.epoch())
                .addUUID(smallest)
                .addUUID(largest))
        .map(RowSet::rowCount);
  }

  /**
   * Makes due at once what is pending, not waiting, and between the ids; completes with how many
   * there were. For a client that is in a transaction.
   */
  Future<Integer> repair(UUID from, UUID before) {
    return betweenIds(REPAIR, Tuple.of(from, before, fence.epoch())).map(RowSet::rowCount);
  }

  private Future<RowSet<Row>> betweenIds(String sql, Tuple parameters) {
    return client
        .query(READ_BLOCK_RANGES)
        .execute()
        .compose(set -> client.preparedQuery(sql).execute(parameters));
  }

  /**
   * Ends up to this many waiting deliveries of a deleted webhook that are not in memory; completes
   * with how many.
   */
  Future<Integer> endOfWebhook(Deleted deleted, int limit) {
    return client
        .preparedQuery(END_OF_WEBHOOK)
        .execute(
            Tuple.of(fence.epoch(), "webhook deleted", deleted.webhook(), limit)
                .addArrayOfUUID(deleted.held().toArray(UUID[]::new)))
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  /**
   * Ends up to this many waiting deliveries that were accepted before then; completes with how
   * many.
   */
  Future<Integer> endExpired(long acceptedBeforeMillis, String error, int limit) {
    return client
        .preparedQuery(END_EXPIRED)
        .execute(Tuple.of(fence.epoch(), error, IdGenerator.floorOf(acceptedBeforeMillis), limit))
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  /** Numbers of deleted webhooks of which something still waits. */
  Future<List<Integer>> deletedWithWaiting() {
    return client
        .preparedQuery(DELETED_WITH_WAITING)
        .execute()
        .map(
            rows -> {
              List<Integer> numbers = new ArrayList<>();
              rows.forEach(row -> numbers.add(row.getInteger(0)));
              return numbers;
            });
  }

  private static Map<Integer, Long> moments(RowSet<Row> rows) {
    Map<Integer, Long> moments = new HashMap<>();
    rows.forEach(row -> moments.put(row.getInteger(0), row.getLong(1)));
    return moments;
  }
}
