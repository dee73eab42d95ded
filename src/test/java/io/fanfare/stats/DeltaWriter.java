package io.fanfare.stats;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Writes flushes as ingest and outcomes do. */
public final class DeltaWriter {
  private static final String INSERT =
      """
      insert into stat_delta
        (webhooks, types, accepted_hours, statuses, ended_millis, response_millis)
      values ($1::int4[], $2::text[], $3::int8[], $4::int2[], $5::int8[], $6::int4[])
      """;

  private DeltaWriter() {}

  /** One flush. */
  public static Future<Void> write(Pool pool, List<StatDelta> deltas) {
    return pool.preparedQuery(INSERT)
        .execute(
            Tuple.of(
                deltas.stream().map(StatDelta::webhook).toArray(Integer[]::new),
                deltas.stream().map(StatDelta::eventType).toArray(String[]::new),
                deltas.stream().map(StatDelta::acceptedHour).toArray(Long[]::new),
                deltas.stream().map(StatDelta::status).toArray(Short[]::new),
                deltas.stream().map(StatDelta::endedMillis).toArray(Long[]::new),
                deltas.stream().map(StatDelta::responseMillis).toArray(Integer[]::new)))
        .mapEmpty();
  }
}
