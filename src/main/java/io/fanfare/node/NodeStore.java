package io.fanfare.node;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** The SQL of the node row. */
final class NodeStore {
  // Any number will do, as long as it stays: it names the right to deliver in this database.
  private static final long LOCK = 4_927_301_117L;

  private static final String TRY_LOCK = "select pg_try_advisory_lock($1::int8)";

  private static final String RAISE_EPOCH =
      "update node set epoch = epoch + 1, heartbeat_at = now() returning epoch, mark";

  private static final String LARGEST_EVENT = "select id from event order by id desc limit 1";

  private static final String BEAT =
      "update node set mark = $2::uuid, heartbeat_at = now() where epoch = $1::int8";

  /** What the node row says after this process has taken over. */
  record Taken(long epoch, UUID mark) {}

  /** Takes the lock that lives as long as the connection; false where another process has it. */
  Future<Boolean> tryLock(SqlClient connection) {
    return connection
        .preparedQuery(TRY_LOCK)
        .execute(Tuple.of(LOCK))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  Future<Taken> raiseEpoch(SqlClient client) {
    return client
        .preparedQuery(RAISE_EPOCH)
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Taken(row.getLong(0), row.getUUID(1));
            });
  }

  Future<Long> epoch(SqlClient client) {
    return client
        .preparedQuery("select epoch from node")
        .execute()
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** The largest id of a stored event. */
  Future<UUID> largestEvent(SqlClient client) {
    return client
        .preparedQuery(LARGEST_EVENT)
        .execute()
        .map(
            rows -> {
              for (Row row : rows) {
                return row.getUUID(0);
              }
              return IdGenerator.ZERO;
            });
  }

  /** Writes the mark; completes with whether the epoch is still ours. */
  Future<Boolean> beat(SqlClient client, long epoch, UUID mark) {
    return client
        .preparedQuery(BEAT)
        .execute(Tuple.of(epoch, mark))
        .map(rows -> rows.rowCount() == 1);
  }
}
