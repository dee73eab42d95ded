package io.fanfare.bench;

import io.fanfare.config.FanfareConfig;
import io.fanfare.config.LogSetup;
import io.fanfare.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A way of its own to the database of a running service: what is really there, and what a benchmark
 * puts there. A service that starts ends it, as it ends all that earlier processes left.
 */
final class BenchedDatabase implements AutoCloseable {
  /** With which the services of all benchmarks seal. */
  static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  private final Vertx vertx = Vertx.vertx();
  private final Database database;

  /**
   * @param url as {@link BenchedService#databaseUrl} says it
   */
  BenchedDatabase(String url) {
    FanfareConfig config =
        FanfareConfig.load(
                null,
                Map.of(
                    "FANFARE_DATABASE_URL", url,
                    "FANFARE_SECRETS_KEYS", KEY,
                    "FANFARE_LOG_LEVEL", "warn"))
            .config();
    LogSetup.apply(config.log());
    this.database = await(Database.open(vertx, config.database()));
  }

  Database database() {
    return database;
  }

  /** A number that the database says. */
  long count(String sql) {
    RowSet<Row> rows = await(database.control().query(sql).execute());
    return rows.iterator().next().getLong(0);
  }

  /** Executes a statement, however long it takes. */
  void run(String sql) {
    await(
        database
            .control()
            .withConnection(
                connection ->
                    connection
                        .query("set statement_timeout = 0")
                        .execute()
                        .compose(set -> connection.query(sql).execute())
                        .eventually(() -> connection.query("reset statement_timeout").execute())));
  }

  /** Waits for something, ten minutes at the most. */
  <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.MINUTES).join();
  }

  /** Waits without a word. */
  void rest(long millis) {
    await(vertx.timer(millis, TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    await(database.close());
    await(vertx.close());
  }
}
