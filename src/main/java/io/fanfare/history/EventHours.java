package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.fanfare.stats.StatsReader;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads the counters of published events: how many there are, and in which hours. */
final class EventHours {
  // The planner finds neither of them behind one expression for both.
  private static final String OF_ALL = "s.project_id is null and $3::text is null";
  private static final String OF_PROJECT = "s.project_id = $3::text";

  private static final String COUNTERS =
      """
      stat_event s where %s
        and s.hour >= kept.from_hour and s.hour < kept.to_hour
        and ($4::text is null or s.event_type = $4::text)
      """;

  /**
   * The newest hours that have enough events together; the first one may be cut. Each hour has one
   * at least, so no more hours are read than events are wanted.
   */
  private static final String HOURS =
      """
      select hour from (
        select hour, n, sum(case when hour < $5::int8 then n else 0 end) over (order by hour desc) as found
        from (
          select newest.*
          from unnest($1::int8[], $2::int8[]) as kept(from_hour, to_hour)
          cross join lateral (
            select s.hour, sum(s.published)::int8 as n
            from %s
            group by s.hour
            order by s.hour desc
            limit $6::int8 + 1) as newest
        ) as by_hour
      ) as enough
      where found - n < $6::int8
      """
          .formatted(COUNTERS);

  private static final String SUM =
      """
      select coalesce(sum(of_range.n), 0)::int8
      from unnest($1::int8[], $2::int8[]) as kept(from_hour, to_hour)
      cross join lateral (select sum(s.published)::int8 as n from %s) as of_range
      """
          .formatted(COUNTERS);

  private final Pool pool;
  private final StatsReader stats;
  private final KeptPartitions partitions;

  /**
   * @param pool for reads
   */
  EventHours(Pool pool, StatsReader stats) {
    this.pool = pool;
    this.stats = stats;
    this.partitions = new KeptPartitions(pool, "event");
  }

  /**
   * Hours, since 1970, that hold the newest events of a search.
   *
   * @param end smallest id beyond the search
   * @param count how many events are wanted
   */
  Future<List<Long>> of(EventFilter filter, UUID end, long count) {
    TimeRange range = new TimeRange(filter.range().fromMillis(), IdGenerator.millis(end) + 1);
    return stats
        .settled()
        .compose(settled -> partitions.within(range))
        .compose(
            kept ->
                pool.preparedQuery(HOURS.formatted(whose(filter)))
                    .execute(
                        Tuple.of(
                            kept.stream().map(TimeRange::firstHour).toArray(Long[]::new),
                            kept.stream().map(TimeRange::endOfHours).toArray(Long[]::new),
                            filter.projectId(),
                            filter.eventType(),
                            range.endOfHours() - 1,
                            count)))
        .map(
            rows -> {
              List<Long> hours = new ArrayList<>();
              rows.forEach(row -> hours.add(row.getLong("hour")));
              return hours;
            });
  }

  /** How many events there are in the whole hours of the filter's range. */
  Future<Long> sum(EventFilter filter) {
    return stats
        .settled()
        .compose(settled -> partitions.within(filter.range()))
        .compose(
            kept ->
                pool.preparedQuery(SUM.formatted(whose(filter)))
                    .execute(
                        Tuple.of(
                            kept.stream().map(TimeRange::firstWholeHour).toArray(Long[]::new),
                            kept.stream().map(TimeRange::endOfWholeHours).toArray(Long[]::new),
                            filter.projectId(),
                            filter.eventType())))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  private static String whose(EventFilter filter) {
    return filter.projectId() == null ? OF_ALL : OF_PROJECT;
  }
}
