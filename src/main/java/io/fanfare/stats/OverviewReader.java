package io.fanfare.stats;

import io.fanfare.stats.Overview.Bucket;
import io.fanfare.stats.Overview.Failing;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what plots show, as of the last fold of the counters; it asks for none. */
public final class OverviewReader {
  /**
   * Of a project with more webhooks than that no response times are told: they are not added up.
   */
  public static final int SKETCHES_WEBHOOKS_MAX = 100;

  private static final int WORST_MAX = 5;
  private static final long MINUTES_PER_HOUR = 60;

  private static final String OF_ALL =
      """
      select start, events, success, failed, sketch from stat_overview
      where grain = $1::int2 and start >= $2::int8
      """;

  private static final String EVENTS_OF_PROJECT =
      """
      select hour / $3::int8 * $3::int8 as start, sum(published)::int8 as events from stat_event
      where project_id = $1::text and hour >= $2::int8 group by 1
      """;

  private static final String ENDED_OF_SOME =
      """
      select start, sum(success)::int8 as success, sum(failed)::int8 as failed from stat_ended
      where webhook = any ($1::int4[]) and grain = $2::int2 and start >= $3::int8 group by start
      """;

  private static final String SKETCHES_OF_SOME =
      """
      select start, sketch from stat_ended
      where webhook = any ($1::int4[]) and grain = $2::int2 and start >= $3::int8
      """;

  private static final String WORST =
      """
      select webhook, sum(failed)::int8 as failures from stat_ended
      where grain = $1::int2 and start >= $2::int8 and failed > 0%s
      group by webhook order by failures desc limit $3::int4
      """;

  private static final String WORST_OF_ALL = WORST.formatted("");
  private static final String WORST_OF_SOME = WORST.formatted(" and webhook = any ($4::int4[])");

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public OverviewReader(Pool pool) {
    this.pool = pool;
  }

  /** Sums while they grow. */
  private static final class Sum {
    private long events;
    private long delivered;
    private long failed;
    private final ResponseTimes times = ResponseTimes.empty();

    Bucket toBucket(long start) {
      return new Bucket(start, events, delivered, failed, times);
    }
  }

  /** All of a range that ends now. */
  public Future<Overview> ofAll(PlotRange range, Instant now) {
    return pool.preparedQuery(OF_ALL)
        .execute(Tuple.of((short) range.grain(), range.firstMinute(now)))
        .map(
            rows -> {
              SortedMap<Long, Sum> sums = new TreeMap<>();
              for (Row row : rows) {
                Sum sum = sums.computeIfAbsent(row.getLong("start"), start -> new Sum());
                sum.events += row.getLong("events");
                sum.delivered += row.getLong("success");
                sum.failed += row.getLong("failed");
                merge(sum, row.getBuffer("sketch"));
              }
              return overview(range.grain(), range.firstMinute(now), range.buckets(), sums);
            });
  }

  /**
   * The same of one project, in buckets of an hour or a day: finer ones are counted for all
   * projects together only.
   *
   * @param webhooks those of the project
   */
  public Future<Overview> ofProject(
      String project, Collection<Integer> webhooks, PlotRange range, Instant now) {
    short grain = range == PlotRange.MONTH ? StatsFold.DAY : StatsFold.HOUR;
    long first = range.firstHour(now) / grain * grain;
    Integer[] numbers = webhooks.toArray(Integer[]::new);
    var events =
        pool.preparedQuery(EVENTS_OF_PROJECT).execute(Tuple.of(project, first, (long) grain));
    var ended = pool.preparedQuery(ENDED_OF_SOME).execute(Tuple.of(numbers, grain, first));
    Future<@Nullable RowSet<Row>> sketches =
        numbers.length > SKETCHES_WEBHOOKS_MAX
            ? Future.succeededFuture()
            : pool.preparedQuery(SKETCHES_OF_SOME).execute(Tuple.of(numbers, grain, first));
    return Future.all(events, ended, sketches)
        .map(
            read -> {
              SortedMap<Long, Sum> sums = new TreeMap<>();
              events.result().forEach(row -> sum(sums, row).events += row.getLong("events"));
              for (Row row : ended.result()) {
                Sum sum = sum(sums, row);
                sum.delivered += row.getLong("success");
                sum.failed += row.getLong("failed");
              }
              RowSet<Row> times = sketches.result();
              if (times != null) {
                times.forEach(row -> merge(sum(sums, row), row.getBuffer("sketch")));
              }
              long minutes = grain * MINUTES_PER_HOUR;
              long last = Math.floorDiv(now.getEpochSecond() / 60, minutes) * minutes;
              int count = (int) ((last - first * MINUTES_PER_HOUR) / minutes) + 1;
              return overview((int) minutes, first * MINUTES_PER_HOUR, count, sums);
            });
  }

  /** Of a row whose start is an hour. */
  private static Sum sum(SortedMap<Long, Sum> sums, Row row) {
    return sums.computeIfAbsent(row.getLong("start") * MINUTES_PER_HOUR, start -> new Sum());
  }

  private static void merge(Sum sum, Buffer sketch) {
    sum.times.merge(sketch.getBytes());
  }

  private static Overview overview(
      int bucketMinutes, long firstMinute, int buckets, SortedMap<Long, Sum> sums) {
    List<Bucket> all = new ArrayList<>(buckets);
    Sum total = new Sum();
    for (int i = 0; i < buckets; i++) {
      long start = firstMinute + (long) i * bucketMinutes;
      Sum sum = sums.getOrDefault(start, new Sum());
      total.events += sum.events;
      total.delivered += sum.delivered;
      total.failed += sum.failed;
      total.times.merge(sum.times.encode());
      all.add(sum.toBucket(start));
    }
    return new Overview(bucketMinutes, all, total.toBucket(firstMinute));
  }

  /**
   * The webhooks with the most failed deliveries of a range, the worst first, widened to whole
   * hours, or days from a week on.
   *
   * @param webhooks of these only; null for all
   */
  public Future<List<Failing>> worst(
      @Nullable Collection<Integer> webhooks, PlotRange range, Instant now) {
    boolean days = range == PlotRange.WEEK || range == PlotRange.MONTH;
    short grain = days ? StatsFold.DAY : StatsFold.HOUR;
    Tuple parameters = Tuple.of(grain, range.firstHour(now) / grain * grain, WORST_MAX);
    if (webhooks != null) {
      parameters.addArrayOfInteger(webhooks.toArray(Integer[]::new));
    }
    return pool.preparedQuery(webhooks == null ? WORST_OF_ALL : WORST_OF_SOME)
        .execute(parameters)
        .map(
            rows -> {
              List<Failing> failing = new ArrayList<>(rows.size());
              rows.forEach(
                  row ->
                      failing.add(new Failing(row.getInteger("webhook"), row.getLong("failures"))));
              return failing;
            });
  }
}
