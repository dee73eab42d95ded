package io.fanfare.stats;

import io.fanfare.bus.LocalCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Reads the counters, exactly: what was committed before a call is in its answer. */
public final class StatsReader {
  private static final String TOTALS =
      """
      select webhook, accepted, success, failed, answered, millis_sum, last_ended_at
      from stat_total where webhook = any($1::int4[])
      """;

  private static final String COUNTS_AND_SKETCH =
      "start, event_type, success, failed, answered, millis_sum, sketch from stat_ended";

  /** Whole days by their own rows, and the hours before and after them. */
  private static final String ENDED =
      """
      select %1$s where webhook = $1::int4 and grain = 24 and start >= $2::int8 and start < $3::int8
      union all
      select %1$s where webhook = $1::int4 and grain = 1 and start >= $4::int8 and start < $2::int8
      union all
      select %1$s where webhook = $1::int4 and grain = 1 and start >= $3::int8 and start < $5::int8
      """
          .formatted(COUNTS_AND_SKETCH);

  private static final String ENDED_BY_HOUR =
      """
      select start, success, failed, answered, millis_sum, sketch from stat_ended
      where webhook = $1::int4 and grain = 1 and start >= $2::int8 and start < $3::int8
      """;

  private static final String COUNTED_BY_HOUR =
      """
      select start, sum(success)::int8 as success, sum(failed)::int8 as failed,
        sum(answered)::int8 as answered, sum(millis_sum)::int8 as millis_sum, ''::bytea as sketch
      from stat_ended
      where webhook = $1::int4 and grain = 1 and start >= $2::int8 and start < $3::int8
      group by start
      """;

  /** Of longer ranges no response times are told by the hour: a sketch takes a few kilobytes. */
  public static final int HOURS_WITH_TIMES_MAX = 31 * 24;

  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final Pool pool;

  /**
   * @param pool for reads
   */
  public StatsReader(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  /**
   * Completes when the counters hold everything that was committed before this call. Fails where
   * the database is away.
   */
  public Future<Void> settled() {
    return vertx
        .eventBus()
        .request(
            StatsVerticle.SETTLE,
            "",
            new DeliveryOptions(LocalCodec.OPTIONS).setSendTimeout(SETTLE_LIMIT.toMillis()))
        .mapEmpty();
  }

  /**
   * Totals of some webhooks, by number.
   *
   * @return one for each that was asked for
   */
  public Future<Map<Integer, WebhookTotals>> totals(Collection<Integer> webhooks) {
    return settled().compose(settled -> settledTotals(webhooks));
  }

  /** Totals of one webhook. */
  public Future<WebhookTotals> totals(int webhook) {
    return totals(java.util.List.of(webhook)).map(totals -> totals.get(webhook));
  }

  private Future<Map<Integer, WebhookTotals>> settledTotals(Collection<Integer> webhooks) {
    return pool.preparedQuery(TOTALS)
        .execute(Tuple.of(webhooks.toArray(Integer[]::new)))
        .map(
            rows -> {
              Map<Integer, WebhookTotals> totals = new HashMap<>();
              webhooks.forEach(webhook -> totals.put(webhook, WebhookTotals.NONE));
              rows.forEach(row -> totals.put(row.getInteger("webhook"), totalsOf(row)));
              return totals;
            });
  }

  private static WebhookTotals totalsOf(Row row) {
    long success = row.getLong("success");
    long failed = row.getLong("failed");
    OffsetDateTime last = row.getOffsetDateTime("last_ended_at");
    return new WebhookTotals(
        success,
        failed,
        row.getLong("accepted") - success - failed,
        row.getLong("answered"),
        row.getLong("millis_sum"),
        last == null ? null : last.toInstant());
  }

  /** What ended within some hours, and what is pending as of now. */
  public Future<Statistics> statistics(int webhook, StatsPeriod period, HourRange range) {
    Statistics.Builder builder = new Statistics.Builder(period, range);
    return settled()
        .compose(settled -> ended(webhook, range))
        .compose(
            rows -> {
              for (Row row : rows) {
                builder.add(
                    row.getLong("start"),
                    row.getString("event_type"),
                    countsOf(row),
                    row.getBuffer("sketch").getBytes());
              }
              return period == StatsPeriod.HOUR
                  ? addHours(webhook, range, builder)
                  : Future.succeededFuture();
            })
        .compose(added -> settledTotals(java.util.List.of(webhook)))
        .map(totals -> builder.build(totals.get(webhook).pending()));
  }

  private Future<RowSet<Row>> ended(int webhook, HourRange range) {
    HourRange days = range.days();
    return pool.preparedQuery(ENDED)
        .execute(Tuple.of(webhook, days.from(), days.to(), range.from(), range.to()));
  }

  private Future<Void> addHours(int webhook, HourRange range, Statistics.Builder builder) {
    boolean times = range.to() - range.from() <= HOURS_WITH_TIMES_MAX;
    return pool.preparedQuery(times ? ENDED_BY_HOUR : COUNTED_BY_HOUR)
        .execute(Tuple.of(webhook, range.from(), range.to()))
        .map(
            rows -> {
              for (Row row : rows) {
                builder.addHour(
                    row.getLong("start"), countsOf(row), row.getBuffer("sketch").getBytes());
              }
              return null;
            });
  }

  private static EndedCounts countsOf(Row row) {
    return new EndedCounts(
        row.getLong("success"),
        row.getLong("failed"),
        row.getLong("answered"),
        row.getLong("millis_sum"));
  }
}
