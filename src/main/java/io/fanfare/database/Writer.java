package io.fanfare.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits flushes and never leaves a commit's fate unknown: {@link #settleFate} makes sure that a
 * statement which ran out of time, or whose connection broke, is over before anybody looks whether
 * it was committed.
 */
public final class Writer {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final long RETRY_MILLIS = 200;

  /** So many of the largest statements of a flush take a limit's time on a slow machine. */
  private static final int STATEMENTS_PER_LIMIT = 8;

  private final Vertx vertx;
  private final Database database;
  private final Pool pool;
  private final Duration limit;

  /**
   * @param pool whose connections do the work
   * @param limit after which a flush counts as of unknown fate
   */
  public Writer(Vertx vertx, Database database, Pool pool, Duration limit) {
    this.vertx = vertx;
    this.database = database;
    this.pool = pool;
    this.limit = limit;
  }

  /**
   * Executes one statement, which is its own transaction. Fails with {@link FateUnknownException}
   * where it may have been committed; any other failure means that it certainly was not.
   */
  public Future<RowSet<Row>> execute(String sql, Tuple parameters) {
    return Deadline.run(pool, limit, c -> c.preparedQuery(sql).execute(parameters));
  }

  /** Runs the steps in one transaction; fails as {@link #execute} does. */
  public <T> Future<T> transaction(Function<SqlConnection, Future<T>> steps) {
    return transaction(1, steps);
  }

  /**
   * The same for steps of many statements: the server limits each of them by itself, and all
   * together may take longer.
   *
   * @param statements how many there are, about
   */
  public <T> Future<T> transaction(int statements, Function<SqlConnection, Future<T>> steps) {
    return Deadline.run(
        pool,
        limit.multipliedBy(1 + statements / STATEMENTS_PER_LIMIT),
        connection ->
            connection
                .begin()
                .compose(
                    transaction ->
                        steps
                            .apply(connection)
                            .compose(
                                value -> transaction.commit().map(value),
                                failure -> rolledBack(transaction, failure))));
  }

  /**
   * Ends the backend of that statement and waits until it is gone; tries until the database
   * answers.
   */
  public Future<Void> settleFate(FateUnknownException unknown) {
    return ask(() -> database.terminate(unknown.processId()));
  }

  /** Asks the database something, again and again until it answers. */
  public <T> Future<T> ask(Supplier<Future<T>> question) {
    return Future.succeededFuture()
        .compose(v -> question.get())
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              LOG.debug("waiting for the database: {}", failure.getMessage());
              return vertx
                  .timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(tick -> ask(question));
            });
  }

  private static <T> Future<T> rolledBack(Transaction transaction, Throwable failure) {
    return transaction.rollback().transform(done -> Future.failedFuture(failure));
  }
}
