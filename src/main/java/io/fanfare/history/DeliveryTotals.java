package io.fanfare.history;

import io.fanfare.stats.StatsReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * How many deliveries a filter leaves, exactly and without reading them: whole hours come from the
 * counters by hour of acceptance, and only what is left of an hour at each end is counted. Test
 * deliveries are in no counter; they are few and have an index.
 *
 * <pre>
 *   from ──edge──► whole hour ─── counters ─── whole hour ──edge──► until      + test deliveries
 * </pre>
 *
 * Counters outlive deliveries, so that only the hours of kept partitions are added up.
 */
public final class DeliveryTotals {
  private static final String COUNTERS =
      """
      select coalesce(sum(s.accepted), 0)::int8 as accepted,
        coalesce(sum(s.success), 0)::int8 as success, coalesce(sum(s.failed), 0)::int8 as failed
      from unnest($2::int8[], $3::int8[]) as kept(from_hour, to_hour)
      join stat_accepted s on s.webhook = $1::int4
        and s.hour >= kept.from_hour and s.hour < kept.to_hour%s
      """;

  private static final String COUNT =
      """
      select count(*) from delivery d
      where d.webhook = $1::int4 and d.id >= $2::uuid and d.id < $3::uuid and %s%s
      """;

  private final Pool pool;
  private final StatsReader stats;
  private final KeptPartitions partitions;

  /**
   * @param pool for reads
   */
  public DeliveryTotals(Pool pool, StatsReader stats) {
    this.pool = pool;
    this.stats = stats;
    this.partitions = new KeptPartitions(pool, "delivery");
  }

  /** How many deliveries of a webhook the filter leaves, of those committed before this call. */
  public Future<Long> count(int webhook, DeliveryFilter filter) {
    TimeRange range = filter.range();
    return Future.all(
            stats.settled().compose(settled -> counted(webhook, filter, range)),
            edges(webhook, filter, range),
            rows(webhook, filter, range, "d.test"))
        .map(parts -> parts.<Long>resultAt(0) + parts.<Long>resultAt(1) + parts.<Long>resultAt(2));
  }

  /** The same without test deliveries. */
  public Future<Long> countWithoutTests(int webhook, DeliveryFilter filter) {
    TimeRange range = filter.range();
    return Future.all(
            stats.settled().compose(settled -> counted(webhook, filter, range)),
            edges(webhook, filter, range))
        .map(parts -> parts.<Long>resultAt(0) + parts.<Long>resultAt(1));
  }

  private Future<Long> counted(int webhook, DeliveryFilter filter, TimeRange range) {
    return partitions
        .within(range)
        .compose(
            kept -> {
              Long[] from = kept.stream().map(TimeRange::firstWholeHour).toArray(Long[]::new);
              Long[] to = kept.stream().map(TimeRange::endOfWholeHours).toArray(Long[]::new);
              List<Object> values = new ArrayList<>();
              values.add(webhook);
              values.add(from);
              values.add(to);
              String type = "";
              if (filter.eventType() != null) {
                type = " and s.event_type = $4::text";
                values.add(filter.eventType());
              }
              return pool.preparedQuery(COUNTERS.formatted(type)).execute(Tuple.from(values));
            })
        .map(rows -> of(filter, rows.iterator().next()));
  }

  private static long of(DeliveryFilter filter, Row row) {
    long accepted = row.getLong("accepted");
    DeliveryStatus status = filter.status();
    if (status == null) {
      return accepted;
    }
    return switch (status) {
      case SUCCESS -> row.getLong("success");
      case FAILED -> row.getLong("failed");
      case PENDING -> accepted - row.getLong("success") - row.getLong("failed");
    };
  }

  private Future<Long> edges(int webhook, DeliveryFilter filter, TimeRange range) {
    Future<Long> sum = Future.succeededFuture(0L);
    for (TimeRange edge : range.edges()) {
      sum =
          sum.compose(
              before -> rows(webhook, filter, edge, "not d.test").map(found -> before + found));
    }
    return sum;
  }

  private Future<Long> rows(int webhook, DeliveryFilter filter, TimeRange range, String condition) {
    List<Object> values = new ArrayList<>(List.of(webhook, range.first(), range.end()));
    if (filter.eventType() != null) {
      values.add(filter.eventType());
    }
    return pool.preparedQuery(COUNT.formatted(condition, DeliveryHistory.conditions(filter, "$4")))
        .execute(Tuple.from(values))
        .map(counted -> counted.iterator().next().getLong(0));
  }
}
