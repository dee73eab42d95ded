package io.fanfare.stats;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

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

  private static final String INSERT_EVENTS =
      """
      insert into stat_delta
        (webhooks, types, accepted_hours, statuses, ended_millis, response_millis, event_hours,
          event_types, event_projects, event_counts)
      values ('{}', '{}', '{}', '{}', '{}', '{}', $1::int8[], $2::text[], $3::text[], $4::int4[])
      """;

  /** Published events, one for each type. */
  public static Future<Void> writeEvents(
      Pool pool, List<UUID> ids, List<String> types, String projectId) {
    return pool.preparedQuery(INSERT_EVENTS)
        .execute(
            Tuple.of(
                ids.stream().map(StatDelta::acceptedHour).toArray(Long[]::new),
                types.toArray(String[]::new),
                types.stream().map(type -> projectId).toArray(String[]::new),
                types.stream().map(type -> 1).toArray(Integer[]::new)))
        .mapEmpty();
  }
}
