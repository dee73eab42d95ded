package io.fanfare.history;

import static io.fanfare.history.Rows.DELIVERY_COLUMNS;

import io.fanfare.id.IdGenerator;
import io.fanfare.stats.StatsReader;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads events and finds their deliveries. */
public final class EventHistory {
  /**
   * A delivery gets its id in the same flush as its event, right after it: within this time, a very
   * generous one.
   */
  private static final long FLUSH_MILLIS_MAX = 60_000;

  private static final String MATCHES =
      """
      not test and ($3::text is null or type = $3::text)
          and ($4::text is null or project_id = $4::text)""";

  private static final String COLUMNS =
      "id, type, project_id, occurred_at, cardinality(targets) as deliveries";

  private static final String PAGE =
      """
      select %s from event
      where id >= $1::uuid and id < $2::uuid and %s
      order by id desc limit $5::int8 offset $6::int8
      """
          .formatted(COLUMNS, MATCHES);

  /** By the parts in which something is to be found, see {@link EventHours}. */
  private static final String PAGE_OF_SPANS =
      """
      select e.* from unnest($1::uuid[], $2::uuid[]) as span(from_id, to_id)
      cross join lateral (
        select %s from event
        where id >= span.from_id and id < span.to_id and %s
        order by id desc limit $5::int8 + $6::int8) as e
      order by e.id desc limit $5::int8 offset $6::int8
      """
          .formatted(COLUMNS, MATCHES);

  private static final String COUNT =
      "select count(*) from event where id >= $1::uuid and id < $2::uuid and " + MATCHES;

  private static final String ONE =
      """
      select id, type, project_id, occurred_at, cardinality(targets) as deliveries, data, test
      from event where id = $1::uuid
      """;

  /**
   * One short search for each webhook that the event matched: its delivery is among the first of
   * that webhook from the event's own id on. Those made later by hand are in a table of their own.
   */
  private static final String DELIVERIES =
      """
      with made as (
        select t.webhook, d.*
        from (select unnest(targets) as webhook from event where id = $1::uuid) as t
        cross join lateral (
          select %1$s from delivery d
          where d.webhook = t.webhook and d.id >= $1::uuid and d.id < $2::uuid
            and d.event_id = $1::uuid
          order by d.id limit 1) as d
        union all
        select r.webhook, d.*
        from redelivery r
        cross join lateral (
          select %1$s from delivery d
          where d.webhook = r.webhook and d.id = r.delivery_id) as d
        where r.event_id = $1::uuid
      )
      select made.*, w.id as webhook_id, w.project_id,
        case when w.circuit_state <> 'closed' then w.circuit_probe_at end as probe_at
      from made join webhook w on w.number = made.webhook
      order by made.id
      """
          .formatted(DELIVERY_COLUMNS);

  private final Pool pool;
  private final EventHours hours;

  /**
   * @param pool for reads
   */
  public EventHistory(Pool pool, StatsReader stats) {
    this.pool = pool;
    this.hours = new EventHours(pool, stats);
  }

  /**
   * An event and its data, as it was published.
   *
   * @param test whether it is that of a test, which is for one webhook
   */
  public record Found(EventEntry event, Buffer data, boolean test) {}

  /**
   * Events, newest first, without those of tests.
   *
   * @param before only those with smaller ids; null for all
   * @param limit most entries
   * @param offset how many of the newest to leave out
   */
  public Future<List<EventEntry>> page(
      EventFilter filter, @Nullable UUID before, int limit, long offset) {
    TimeRange range = filter.range();
    UUID end =
        before == null || IdGenerator.ORDER.compare(before, range.end()) > 0 ? range.end() : before;
    if (IdGenerator.ORDER.compare(range.first(), end) > 0) {
      return Future.succeededFuture(List.of());
    }
    if (filter.eventType() == null && filter.projectId() == null) {
      return page(PAGE, filter, range.first(), end, limit, offset);
    }
    return hours
        .of(filter, end, offset + limit)
        .map(found -> HourSpans.of(found, range.first(), end))
        .compose(spans -> page(PAGE_OF_SPANS, filter, spans.from(), spans.to(), limit, offset));
  }

  private Future<List<EventEntry>> page(
      String statement, EventFilter filter, Object from, Object to, int limit, long offset) {
    return pool.preparedQuery(statement)
        .execute(Tuple.of(from, to, filter.eventType(), filter.projectId(), (long) limit, offset))
        .map(
            rows -> {
              List<EventEntry> entries = new ArrayList<>(rows.size());
              rows.forEach(row -> entries.add(entry(row)));
              return entries;
            });
  }

  /**
   * How many events the filter leaves: whole hours by their counters, and only what is left of an
   * hour at each end by counting.
   */
  public Future<Long> count(EventFilter filter) {
    Future<Long> sum = hours.sum(filter);
    for (TimeRange edge : filter.range().edges()) {
      sum = sum.compose(before -> count(filter, edge).map(found -> before + found));
    }
    return sum;
  }

  private Future<Long> count(EventFilter filter, TimeRange range) {
    return pool.preparedQuery(COUNT)
        .execute(Tuple.of(range.first(), range.end(), filter.eventType(), filter.projectId()))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** One event, also that of a test; empty where it is unknown or not kept any more. */
  public Future<Optional<Found>> find(UUID event) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(event))
        .map(
            rows ->
                rows.size() == 0 ? Optional.empty() : Optional.of(found(rows.iterator().next())));
  }

  private static Found found(Row row) {
    return new Found(entry(row), row.getBuffer("data"), row.getBoolean("test"));
  }

  /** The deliveries of an event in the order in which they were made, redeliveries included. */
  public Future<List<EventDelivery>> deliveries(UUID event) {
    UUID end = IdGenerator.floorOf(IdGenerator.millis(event) + FLUSH_MILLIS_MAX);
    return pool.preparedQuery(DELIVERIES)
        .execute(Tuple.of(event, end))
        .map(EventHistory::deliveriesOf);
  }

  private static List<EventDelivery> deliveriesOf(RowSet<Row> rows) {
    List<EventDelivery> deliveries = new ArrayList<>(rows.size());
    for (Row row : rows) {
      deliveries.add(
          new EventDelivery(
              Rows.delivery(row),
              row.getUUID("webhook_id"),
              row.getString("project_id"),
              Rows.instant(row, "probe_at")));
    }
    return deliveries;
  }

  private static EventEntry entry(Row row) {
    return new EventEntry(
        row.getUUID("id"),
        row.getString("type"),
        row.getString("project_id"),
        row.getString("occurred_at"),
        row.getInteger("deliveries"));
  }
}
