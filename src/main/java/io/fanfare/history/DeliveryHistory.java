package io.fanfare.history;

import static io.fanfare.history.Rows.DELIVERY_COLUMNS;

import io.fanfare.event.Event;
import io.fanfare.id.IdGenerator;
import io.fanfare.stats.StatsReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads deliveries, their attempts and what they carry. Every statement has bounds of ids, so that
 * only partitions with such ids are touched, and goes by an index.
 */
public final class DeliveryHistory {
  private static final int RECENT = 10;

  private static final String PAGE =
      """
      select %s from delivery d
      where d.webhook = $1::int4 and d.id >= $2::uuid and d.id < $3::uuid%s
      order by d.id desc limit $4::int8 offset $5::int8
      """;

  /**
   * Pending ones are either waiting, which has an index, or held by a process, and then not below
   * the mark of the node: two short searches instead of one through all that ended.
   */
  private static final String PAGE_OF_PENDING =
      """
      select %1$s from (
        (select * from delivery
          where webhook = $1::int4 and id >= $2::uuid and id < $3::uuid
            and due_at is not null%2$s
          order by id desc limit $4::int8 + $5::int8)
        union all
        (select * from delivery
          where webhook = $1::int4 and id >= $2::uuid and id < $3::uuid
            and id >= (select mark from node)
            and status = 'pending' and due_at is null%2$s
          order by id desc limit $4::int8 + $5::int8)
      ) as d
      order by d.id desc limit $4::int8 offset $5::int8
      """;

  /** By the parts in which something is to be found, see {@link DeliveryHours}. */
  private static final String PAGE_OF_SPANS =
      """
      select d.* from unnest($2::uuid[], $3::uuid[]) as span(from_id, to_id)
      cross join lateral (
        select %s from delivery d
        where d.webhook = $1::int4 and d.id >= span.from_id and d.id < span.to_id%s
        order by d.id desc limit $4::int8 + $5::int8) as d
      order by d.id desc limit $4::int8 offset $5::int8
      """;

  private static final String ONE =
      "select %s from delivery d where d.webhook = $1::int4 and d.id = $2::uuid"
          .formatted(DELIVERY_COLUMNS);

  private static final String ATTEMPTS =
      """
      select n, started_at, probe, response_code, response_time, response_body, response_headers,
        error
      from attempt where webhook = $1::int4 and delivery_id = $2::uuid order by n
      """;

  /** Of a last attempt without a row of its own. */
  private static final String USUAL_HEADERS =
      """
      select h.headers
      from delivery d
      join usual_headers h
        on h.day = floor(extract(epoch from d.ended_at) / 86400)::int4 and h.id = d.usual_headers
      where d.webhook = $1::int4 and d.id = $2::uuid
      """;

  /** Laterally, and with a limit, so that every row is looked up by its key, never by a range. */
  private static final String LONG_BODIES =
      """
      select wanted.id as delivery_id, a.response_body
      from unnest($2::uuid[], $3::int2[]) as wanted(id, n)
      cross join lateral (
        select response_body from attempt
        where webhook = $1::int4 and delivery_id = wanted.id and n = wanted.n
          and delivery_id between $4::uuid and $5::uuid
        limit 1) as a
      """;

  private static final String EVENTS =
      """
      select e.id, e.type, e.project_id, e.occurred_at, e.data
      from unnest($1::uuid[]) as wanted(id)
      cross join lateral (
        select * from event where id = wanted.id and id between $2::uuid and $3::uuid
        limit 1) as e
      """;

  private static final String PROBE_AT =
      """
      select circuit_probe_at from webhook
      where number = $1::int4 and circuit_state <> 'closed'
      """;

  private final Pool pool;
  private final DeliveryHours hours;

  /**
   * @param pool for reads
   */
  public DeliveryHistory(Pool pool, StatsReader stats) {
    this.pool = pool;
    this.hours = new DeliveryHours(pool, stats);
  }

  /**
   * Deliveries of a webhook, newest first.
   *
   * @param before only those with smaller ids; null for all
   * @param limit most entries
   * @param offset how many of the newest to leave out
   */
  public Future<List<DeliveryEntry>> page(
      int webhook, DeliveryFilter filter, @Nullable UUID before, int limit, long offset) {
    TimeRange range = filter.range();
    UUID end = before == null || isAfter(before, range.end()) ? range.end() : before;
    if (isAfter(range.first(), end)) {
      return Future.succeededFuture(List.of());
    }
    return (isRare(filter)
            ? hours
                .of(webhook, filter, range, end, offset + limit)
                .map(found -> HourSpans.of(found, range.first(), end))
                .compose(
                    spans ->
                        page(
                            webhook,
                            filter,
                            pageOfSpans(filter),
                            spans.from(),
                            spans.to(),
                            limit,
                            offset))
            : page(webhook, filter, pageStatement(filter), range.first(), end, limit, offset))
        .compose(entries -> withLongBodies(webhook, entries));
  }

  private Future<List<DeliveryEntry>> page(
      int webhook,
      DeliveryFilter filter,
      String statement,
      Object from,
      Object to,
      int limit,
      long offset) {
    List<Object> values = new ArrayList<>(List.of(webhook, from, to, (long) limit, offset));
    if (filter.eventType() != null) {
      values.add(filter.eventType());
    }
    return pool.preparedQuery(statement).execute(Tuple.from(values)).map(DeliveryHistory::entries);
  }

  /**
   * Whether what the filter leaves can be far apart. All deliveries are not, and those that are
   * pending or failed have an index.
   */
  static boolean isRare(DeliveryFilter filter) {
    return filter.status() == DeliveryStatus.SUCCESS
        || (filter.eventType() != null && filter.status() != DeliveryStatus.PENDING);
  }

  static String pageOfSpans(DeliveryFilter filter) {
    return PAGE_OF_SPANS.formatted(DELIVERY_COLUMNS, conditions(filter, "$6"));
  }

  /** The newest ten, for the answer that shows a webhook; without bodies of answers. */
  public Future<List<DeliveryEntry>> recent(int webhook) {
    TimeRange range = DeliveryFilter.ALL.range();
    return pool.preparedQuery(pageStatement(DeliveryFilter.ALL))
        .execute(Tuple.of(webhook, range.first(), range.end(), (long) RECENT, 0L))
        .map(DeliveryHistory::entries);
  }

  private static boolean isAfter(UUID one, UUID other) {
    return IdGenerator.ORDER.compare(one, other) > 0;
  }

  /** Few texts, so that each is prepared once a connection. */
  static String pageStatement(DeliveryFilter filter) {
    if (filter.status() == DeliveryStatus.PENDING) {
      String type = filter.eventType() == null ? "" : " and event_type = $6::text";
      return PAGE_OF_PENDING.formatted(DELIVERY_COLUMNS, type);
    }
    return PAGE.formatted(DELIVERY_COLUMNS, conditions(filter, "$6"));
  }

  /** Written out, not bound, so that the planner can tell that a partial index serves. */
  static String conditions(DeliveryFilter filter, String typeParameter) {
    StringBuilder sql = new StringBuilder();
    if (filter.status() == DeliveryStatus.FAILED) {
      sql.append(" and failed");
    } else if (filter.status() != null) {
      sql.append(" and status = '").append(filter.status().wireName()).append('\'');
    }
    if (filter.eventType() != null) {
      sql.append(" and event_type = ").append(typeParameter).append("::text");
    }
    return sql.toString();
  }

  private static List<DeliveryEntry> entries(RowSet<Row> rows) {
    List<DeliveryEntry> entries = new ArrayList<>(rows.size());
    rows.forEach(row -> entries.add(Rows.delivery(row)));
    return entries;
  }

  private Future<List<DeliveryEntry>> withLongBodies(int webhook, List<DeliveryEntry> entries) {
    List<DeliveryEntry> wanting = entries.stream().filter(DeliveryEntry::bodyIsElsewhere).toList();
    if (wanting.isEmpty()) {
      return Future.succeededFuture(entries);
    }
    UUID[] ids = wanting.stream().map(DeliveryEntry::id).toArray(UUID[]::new);
    Short[] numbers = wanting.stream().map(entry -> (short) entry.attempts()).toArray(Short[]::new);
    return pool.preparedQuery(LONG_BODIES)
        .execute(Tuple.of(webhook, ids, numbers, smallest(List.of(ids)), largest(List.of(ids))))
        .map(
            rows -> {
              Map<UUID, String> bodies = new HashMap<>();
              rows.forEach(
                  row -> bodies.put(row.getUUID("delivery_id"), row.getString("response_body")));
              return entries.stream()
                  .map(
                      entry ->
                          entry.bodyIsElsewhere()
                              ? entry.withResponseBody(bodies.get(entry.id()))
                              : entry)
                  .toList();
            });
  }

  /** A delivery of a webhook; empty where it has none of that id. */
  public Future<Optional<DeliveryEntry>> find(int webhook, UUID delivery) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(webhook, delivery))
        .compose(rows -> withLongBodies(webhook, entries(rows)))
        .map(found -> found.stream().findFirst());
  }

  /** The attempts of a delivery, in order. */
  public Future<List<AttemptEntry>> attempts(int webhook, DeliveryEntry delivery) {
    return pool.preparedQuery(ATTEMPTS)
        .execute(Tuple.of(webhook, delivery.id()))
        .map(rows -> rows.stream().map(Rows::attempt).toList())
        .compose(
            stored ->
                AttemptEntry.isWhole(delivery, stored)
                    ? Future.succeededFuture(stored)
                    : usualHeaders(webhook, delivery)
                        .map(headers -> AttemptEntry.withLast(delivery, stored, headers)));
  }

  private Future<@Nullable String> usualHeaders(int webhook, DeliveryEntry delivery) {
    return pool.preparedQuery(USUAL_HEADERS)
        .execute(Tuple.of(webhook, delivery.id()))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getString("headers"));
  }

  /**
   * What deliveries carry, by the id of the event.
   *
   * @return without those events that are not kept any more
   */
  public Future<Map<UUID, Event>> events(Collection<UUID> events) {
    if (events.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    UUID[] ids = events.stream().distinct().toArray(UUID[]::new);
    return pool.preparedQuery(EVENTS)
        .execute(Tuple.of(ids, smallest(events), largest(events)))
        .map(
            rows -> {
              Map<UUID, Event> found = new HashMap<>();
              rows.forEach(row -> found.put(row.getUUID("id"), event(row)));
              return found;
            });
  }

  private static Event event(Row row) {
    return new Event(
        row.getUUID("id"),
        row.getString("type"),
        row.getString("project_id"),
        row.getString("occurred_at"),
        row.getBuffer("data"));
  }

  /** When a webhook's circuit lets the next probe through; empty while it is closed. */
  public Future<Optional<Instant>> probeAt(int webhook) {
    return pool.preparedQuery(PROBE_AT)
        .execute(Tuple.of(webhook))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.ofNullable(
                        Rows.instant(rows.iterator().next(), "circuit_probe_at")));
  }

  private static UUID smallest(Collection<UUID> ids) {
    return Collections.min(ids, IdGenerator.ORDER);
  }

  private static UUID largest(Collection<UUID> ids) {
    return Collections.max(ids, IdGenerator.ORDER);
  }
}
