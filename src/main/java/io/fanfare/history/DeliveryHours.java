package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.fanfare.stats.StatsReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Tells in which hours a search for deliveries finds something. A rare event type among millions of
 * others would else be looked for in all of them.
 */
final class DeliveryHours {
  /**
   * The newest hours that have enough entries together; the first one may be cut, so it is extra.
   * Each hour has one at least, so no more hours are read than entries are wanted.
   */
  private static final String COUNTED =
      """
      select hour from (
        select hour, n, sum(case when hour < $4::int8 then n else 0 end) over (order by hour desc) as found
        from (
          select newest.*
          from unnest($2::int8[], $3::int8[]) as kept(from_hour, to_hour)
          cross join lateral (
            select s.hour, sum(%1$s)::int8 as n
            from stat_accepted s
            where s.webhook = $1::int4 and s.hour >= kept.from_hour and s.hour < kept.to_hour%2$s
            group by s.hour
            having sum(%1$s) > 0
            order by s.hour desc
            limit $5::int8 + 1) as newest
        ) as by_hour
      ) as enough
      where found - n < $5::int8
      """;

  private static final String TESTS =
      """
      select d.id from delivery d
      where d.webhook = $1::int4 and d.id >= $2::uuid and d.id < $3::uuid and d.test%s
      order by d.id desc limit $4::int8
      """;

  private final Pool pool;
  private final StatsReader stats;
  private final KeptPartitions partitions;

  /**
   * @param pool for reads
   */
  DeliveryHours(Pool pool, StatsReader stats) {
    this.pool = pool;
    this.stats = stats;
    this.partitions = new KeptPartitions(pool, "delivery");
  }

  /**
   * Hours, since 1970, that hold the newest deliveries of a search.
   *
   * @param range of the search
   * @param end smallest id beyond the search, within the range
   * @param count how many deliveries are wanted
   */
  Future<List<Long>> of(int webhook, DeliveryFilter filter, TimeRange range, UUID end, long count) {
    TimeRange searched = new TimeRange(range.fromMillis(), IdGenerator.millis(end) + 1);
    return Future.all(
            stats.settled().compose(settled -> counted(webhook, filter, searched, count)),
            tests(webhook, filter, range.first(), end, count))
        .map(
            found -> {
              List<Long> hours = new ArrayList<>(found.<List<Long>>resultAt(0));
              hours.addAll(found.<List<Long>>resultAt(1));
              return hours;
            });
  }

  private Future<List<Long>> counted(
      int webhook, DeliveryFilter filter, TimeRange range, long count) {
    return partitions
        .within(range)
        .compose(
            kept -> {
              List<Object> values = new ArrayList<>();
              values.add(webhook);
              values.add(kept.stream().map(TimeRange::firstHour).toArray(Long[]::new));
              values.add(kept.stream().map(TimeRange::endOfHours).toArray(Long[]::new));
              values.add(range.endOfHours() - 1);
              values.add(count);
              String type = "";
              if (filter.eventType() != null) {
                type = " and s.event_type = $6::text";
                values.add(filter.eventType());
              }
              return pool.preparedQuery(COUNTED.formatted(counter(filter), type))
                  .execute(Tuple.from(values));
            })
        .map(
            rows -> {
              List<Long> hours = new ArrayList<>();
              rows.forEach(row -> hours.add(row.getLong("hour")));
              return hours;
            });
  }

  private static String counter(DeliveryFilter filter) {
    DeliveryStatus status = filter.status();
    if (status == null) {
      return "s.accepted";
    }
    return switch (status) {
      case SUCCESS -> "s.success";
      case FAILED -> "s.failed";
      case PENDING -> "s.accepted - s.success - s.failed";
    };
  }

  private Future<List<Long>> tests(
      int webhook, DeliveryFilter filter, UUID first, UUID end, long count) {
    List<Object> values = new ArrayList<>(List.of(webhook, first, end, count));
    if (filter.eventType() != null) {
      values.add(filter.eventType());
    }
    return pool.preparedQuery(TESTS.formatted(DeliveryHistory.conditions(filter, "$5")))
        .execute(Tuple.from(values))
        .map(
            rows -> {
              List<Long> hours = new ArrayList<>();
              for (Row row : rows) {
                hours.add(IdGenerator.millis(row.getUUID("id")) / TimeRange.MILLIS_PER_HOUR);
              }
              return hours;
            });
  }
}
