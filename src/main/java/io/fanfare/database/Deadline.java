package io.fanfare.database;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Our own limit of time for work on a pool. The server's {@code statement_timeout} does not cover
 * COMMIT, nor a server that went silent, and the client has no limit at all.
 */
public final class Deadline {
  // crash_shutdown, admin_shutdown, cannot_connect_now, statement_completion_unknown: the backend
  // may have committed before it said so.
  private static final Set<String> UNDECIDED = Set.of("57P01", "57P02", "57P03", "40003");
  // connection exceptions, errors of the system, internal errors
  private static final Set<String> UNDECIDED_CLASSES = Set.of("08", "58", "XX");
  // The connection ends with these.
  private static final Set<String> LAST_WORDS = Set.of("FATAL", "PANIC");

  private Deadline() {}

  /**
   * Runs a unit of work on one connection of the pool. The connection goes back to the pool when
   * the work has ended, also where that is after the limit; who gets a {@link FateUnknownException}
   * terminates the backend, and with it such a connection.
   *
   * @param limit for the wait for a connection, and again for the work
   * @return fails with {@link FateUnknownException} where the work may have committed, else with
   *     what the work failed with, or {@link TimeoutException} where no connection was free in time
   */
  public static <T> Future<T> run(
      Pool pool, Duration limit, Function<SqlConnection, Future<T>> work) {
    Future<SqlConnection> acquired = pool.getConnection();
    return acquired
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> acquired.onSuccess(SqlConnection::close))
        .compose(connection -> run(connection, limit, work));
  }

  private static <T> Future<T> run(
      SqlConnection connection, Duration limit, Function<SqlConnection, Future<T>> work) {
    int processId = PgConnection.cast(connection).processId();
    Database.logNotices(connection);
    return Future.succeededFuture(connection)
        .compose(work)
        .onComplete(ended -> connection.close())
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            e ->
                Future.failedFuture(
                    isDecided(e)
                        ? e
                        : new FateUnknownException(
                            processId, "whether a statement was committed is not known", e)));
  }

  /**
   * Whether a failure came from a server that lives on: then the transaction is rolled back. One
   * that panics, for an error of the disk below its log above all, may find the transaction in that
   * log when it comes back.
   */
  static boolean isDecided(Throwable e) {
    return e instanceof PgException said
        && !LAST_WORDS.contains(String.valueOf(said.getSeverity()))
        && !UNDECIDED.contains(said.getSqlState())
        && UNDECIDED_CLASSES.stream().noneMatch(said.getSqlState()::startsWith);
  }
}
