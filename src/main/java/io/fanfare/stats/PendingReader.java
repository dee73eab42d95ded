package io.fanfare.stats;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads how much is pending, and since when. */
public final class PendingReader {
  /** Of so many webhooks, those with most pending deliveries, the oldest one is looked for. */
  private static final int WEBHOOKS_MAX = 2_000;

  /**
   * What waits in the database has an index by webhook and id, so that the oldest one of each
   * webhook is one short search in each of the few days that can have one.
   */
  private static final String PENDING =
      """
      with behind as materialized (
        select webhook, accepted - success - failed as pending from stat_total
        where accepted > success + failed%s
      ),
      most as materialized (select webhook from behind order by pending desc limit $1::int4)
      select (select coalesce(sum(pending), 0) from behind)::int8 as pending,
        (select d.id from most m
          cross join lateral (
            select id from delivery
            where webhook = m.webhook and due_at is not null and id >= $2::uuid
            order by id limit 1) d
          order by d.id limit 1) as oldest
      """;

  private static final String OF_ALL = PENDING.formatted("");
  private static final String OF_SOME = PENDING.formatted(" and webhook = any ($3::int4[])");

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public PendingReader(Pool pool) {
    this.pool = pool;
  }

  /**
   * What is pending.
   *
   * @param deliveries as of the last fold of the counters
   * @param oldestWaiting when the oldest of those was accepted that wait in the database; null
   *     where none does
   */
  public record Pending(long deliveries, @Nullable Instant oldestWaiting) {}

  /**
   * What is pending.
   *
   * @param webhooks of these only; null for all
   * @param since older ones are not looked for: nothing is pending for so long
   */
  public Future<Pending> read(@Nullable Collection<Integer> webhooks, Instant since) {
    UUID from = IdGenerator.floorOf(since.toEpochMilli());
    Tuple parameters = Tuple.of(WEBHOOKS_MAX, from);
    if (webhooks != null) {
      parameters.addArrayOfInteger(webhooks.toArray(Integer[]::new));
    }
    return pool.preparedQuery(webhooks == null ? OF_ALL : OF_SOME)
        .execute(parameters)
        .map(
            rows -> {
              Row row = rows.iterator().next();
              UUID oldest = row.getUUID("oldest");
              return new Pending(
                  row.getLong("pending"),
                  oldest == null ? null : Instant.ofEpochMilli(IdGenerator.millis(oldest)));
            });
  }
}
