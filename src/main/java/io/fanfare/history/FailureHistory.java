package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Groups what a webhook failed for. Bounded: of very many failures the newest are looked at. */
public final class FailureHistory {
  /** Most attempts, and most failed deliveries, looked at. */
  public static final int EXAMINED_MAX = 20_000;

  private static final int GROUPS_MAX = 50;

  /** Every failed attempt has a row; what expired without one has its delivery's only. */
  private static final String GROUPS =
      """
      with tried as materialized (
        select delivery_id, response_code, error, started_at from attempt
        where webhook = $1::int4 and delivery_id >= $2::uuid
        order by delivery_id desc, n desc limit $3::int4
      ),
      given_up as materialized (
        select id, error, ended_at from delivery
        where webhook = $1::int4 and id >= $2::uuid and failed
        order by id desc limit $3::int4
      ),
      failures as (
        select response_code, error, count(*) as failures, count(distinct delivery_id) as deliveries,
          max(started_at) as last_at, (array_agg(delivery_id order by started_at desc))[1] as example
        from tried where error is not null group by response_code, error
        union all
        select null, error, count(*), count(*), max(ended_at), (array_agg(id order by ended_at desc))[1]
        from given_up where error like 'expired after %' group by error
      )
      select f.*, (select count(*) from tried) as tried, (select count(*) from given_up) as given_up
      from (select 1) as one left join (
        select * from failures order by failures desc, last_at desc limit $4::int4) as f on true
      order by f.failures desc, f.last_at desc
      """;

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public FailureHistory(Pool pool) {
    this.pool = pool;
  }

  /**
   * Failures of one cause.
   *
   * @param responseCode null without an answer
   * @param failures attempts, or deliveries that expired
   * @param deliveries of how many deliveries
   * @param example the newest of those
   */
  public record Group(
      FailureCause cause,
      @Nullable Integer responseCode,
      String error,
      long failures,
      long deliveries,
      Instant lastAt,
      UUID example) {}

  /**
   * What was found.
   *
   * @param complete whether all of the range was looked at
   */
  public record Failures(List<Group> groups, boolean complete) {}

  /** Failures of deliveries accepted from then on, the most frequent cause first. */
  public Future<Failures> of(int webhook, Instant from) {
    return pool.preparedQuery(GROUPS)
        .execute(
            Tuple.of(webhook, IdGenerator.floorOf(from.toEpochMilli()), EXAMINED_MAX, GROUPS_MAX))
        .map(
            rows -> {
              List<Group> groups = new ArrayList<>(rows.size());
              boolean complete = true;
              for (Row row : rows) {
                complete =
                    row.getLong("tried") < EXAMINED_MAX && row.getLong("given_up") < EXAMINED_MAX;
                if (row.getString("error") != null) {
                  groups.add(group(row));
                }
              }
              return new Failures(groups, complete);
            });
  }

  private static Group group(Row row) {
    Integer code = row.getInteger("response_code");
    String error = row.getString("error");
    return new Group(
        FailureCause.of(code, error),
        code,
        error,
        row.getLong("failures"),
        row.getLong("deliveries"),
        row.getOffsetDateTime("last_at").toInstant(),
        row.getUUID("example"));
  }
}
