package io.fanfare.bench;

import io.fanfare.database.Partitions;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Fills the database of a running service with deliveries of the last 29 days, as the service would
 * have left them there: rows, attempts of those that failed, and what the counters are folded from.
 * What is delivered now cannot lie in the past.
 */
final class HistoryFill {
  static final String COMMON_TYPE = "build.completed";
  static final String RARE_TYPE = "build.failed";

  /** Webhook 1 has a tenth of all deliveries. */
  static final int BIG_WEBHOOK = 1;

  static final int DAYS = 29;
  private static final int HOURS = DAYS * 24;
  private static final long FOLD_SECONDS_MAX = 900;
  private static final long MILLIS_PER_HOUR = 3_600_000;

  // One hour of deliveries in one statement. Of each webhook 1 in 40 has failed and 1 in 500 is of
  // the rare type; 1 in 1,000 of the last day waits for an attempt that is hours away.
  private static final String HOUR =
      """
      with numbered as (
        select n, $2::int8 + (n - $3::int8) * 3600000 / $4::int8 as ms
        from generate_series($3::int8, $3::int8 + $4::int8 - 1) as n
      ),
      made as materialized (
        select ms,
          (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0') || '8'
            || lpad(to_hex(n), 15, '0'))::uuid as id,
          (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n & 4095), 3, '0') || '9'
            || lpad(to_hex(n), 15, '0'))::uuid as event_id,
          (case when n % 10 = 0 then 1 else 2 + n % ($1::int4 - 1) end)::int4 as webhook,
          (case when n / 10 % 500 = 7 then 2 else 1 end)::int2 as kind,
          (case when $5::bool and n / 10 % 1000 = 11 then 'pending' when n / 10 % 40 = 3 then 'failed'
            else 'success' end)::delivery_status as status,
          (1 + n % 200)::int4 as millis
        from numbered
      ),
      events as (
        insert into event (id, type, project_id, occurred_at, data, targets, test)
        select event_id, ($6::text[])[kind], null, to_char(to_timestamp(ms / 1000.0::float8) at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), $7::bytea, array[webhook], false
        from made
      ),
      deliveries as (
        insert into delivery (webhook, id, event_id, event_type, status, failed, attempts, due_at, ended_at,
          response_code, response_time, response_body, error)
        select webhook, id, event_id, ($6::text[])[kind], status, status = 'failed',
          case when status = 'pending' then 0 else 1 end,
          case when status = 'pending' then now() + interval '12 hours' end,
          case when status <> 'pending' then to_timestamp((ms + millis) / 1000.0::float8) end,
          case status when 'success' then 200 when 'failed' then 410 end,
          case when status <> 'pending' then millis end,
          case when status = 'success' then 'ok' end,
          case when status = 'failed' then 'HTTP 410: Gone' end
        from made
      ),
      attempts as (
        insert into attempt (webhook, delivery_id, n, started_at, response_code, response_time, error)
        select webhook, id, 1, to_timestamp(ms / 1000.0::float8), 410, millis, 'HTTP 410: Gone'
        from made where status = 'failed'
      ),
      accepted as (
        insert into stat_delta (types, accepted_hours, webhooks, kinds, event_kinds, event_projects, event_counts)
        select $6::text[], array_fill($2::int8 / 3600000, array[2]), array_agg(webhook), array_agg(kind), array[1, 2]::int2[],
          array[null, null]::text[],
          array[count(*) filter (where kind = 1), count(*) filter (where kind = 2)]::int4[]
        from made
      )
      insert into stat_delta (types, accepted_hours, webhooks, kinds, statuses, ended_millis, response_millis)
      select $6::text[], array_fill($2::int8 / 3600000, array[2]), array_agg(webhook), array_agg(kind),
        array_agg((case status when 'success' then 1 else 2 end)::int2), array_agg(ms + millis),
        array_agg(millis)
      from made where status <> 'pending'
      """;

  private final BenchedDatabase database;
  private final int webhooks;
  private final Instant newest;
  private long filled;

  /**
   * @param webhooks how many there are, numbered from 1
   */
  HistoryFill(BenchedDatabase database, int webhooks) {
    this.database = database;
    this.webhooks = webhooks;
    this.newest = Instant.now().truncatedTo(ChronoUnit.HOURS);
    LocalDate first = LocalDate.ofInstant(newest, ZoneOffset.UTC).minusDays(DAYS);
    database.await(
        new Partitions(database.database(), Clock.systemUTC(), 0).ensure(first, DAYS + 1));
  }

  /** Adds about as many deliveries, evenly over the days, and waits until they are counted. */
  void add(long deliveries) {
    long perHour = Math.max(1, deliveries / HOURS);
    for (int back = HOURS; back > 0; back--) {
      long hour = newest.toEpochMilli() - back * MILLIS_PER_HOUR;
      database.await(
          database
              .database()
              .control()
              .preparedQuery(HOUR)
              .execute(
                  Tuple.of(
                      webhooks,
                      hour,
                      filled,
                      perHour,
                      back <= 24,
                      new String[] {COMMON_TYPE, RARE_TYPE},
                      SampleData.ofBytes(600))));
      filled += perHour;
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FOLD_SECONDS_MAX);
    while (database.count("select count(*) from stat_delta") > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the service does not fold its counts");
      }
      database.rest(500);
    }
  }

  /** What autovacuum would have done meanwhile. */
  void vacuum() {
    database.run("vacuum (analyze)");
  }
}
