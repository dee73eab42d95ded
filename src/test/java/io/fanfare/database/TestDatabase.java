package io.fanfare.database;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Databases for tests: a fresh one for each that asks, on the server that all of them share. */
public final class TestDatabase {
  private static final String TEMPLATE = "fanfare_template";
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static boolean templateMade;

  private TestDatabase() {}

  /** A database with the schema and the partitions of today and tomorrow; close it after use. */
  public static Future<Database> create(Vertx vertx) {
    makeTemplate();
    return createDatabase(vertx, TEMPLATE).compose(url -> Database.open(vertx, config(url)));
  }

  /** A database without any schema; close it after use. */
  public static Future<Database> createEmpty(Vertx vertx) {
    return createDatabase(vertx, "template1").compose(url -> Database.open(vertx, config(url)));
  }

  /** URL of a fresh and empty database, for a whole service; blocks. */
  public static String url() {
    return withVertx(vertx -> createDatabase(vertx, "template1"));
  }

  /** The default configuration with an external database. */
  public static DatabaseConfig config(String url) {
    // A whole configuration with an external database must have keys, so only this room's record.
    DatabaseConfig defaults = FanfareConfig.load(null, Map.of()).config().database();
    return new DatabaseConfig(
        url,
        defaults.embeddedDir(),
        defaults.embeddedPort(),
        defaults.ingestConnections(),
        defaults.outcomeConnections(),
        defaults.readConnections(),
        defaults.controlConnections(),
        defaults.statementTimeout(),
        defaults.readTimeout(),
        defaults.connectWait());
  }

  private static synchronized void makeTemplate() {
    if (!templateMade) {
      withVertx(
          vertx ->
              execute(vertx, "create database " + TEMPLATE)
                  .compose(made -> Database.open(vertx, config(urlOf(TEMPLATE))))
                  .compose(
                      database ->
                          new Migrations()
                              .apply(database)
                              .compose(
                                  done ->
                                      new Partitions(database, Clock.systemUTC(), 1).ensureAhead())
                              .eventually(database::close)));
      templateMade = true;
    }
  }

  private static Future<String> createDatabase(Vertx vertx, String template) {
    String name = "test_" + NUMBER.incrementAndGet();
    return execute(vertx, "create database " + name + " template " + template)
        .map(made -> urlOf(name));
  }

  private static Future<Void> execute(Vertx vertx, String sql) {
    return PgConnection.connect(vertx, TestServer.get().connectOptions("postgres"))
        .compose(
            connection -> connection.query(sql).execute().eventually(connection::close).mapEmpty());
  }

  private static String urlOf(String database) {
    PgConnectOptions options = TestServer.get().connectOptions(database);
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(
            options.getUser(),
            options.getPassword(),
            options.getHost(),
            options.getPort(),
            database);
  }

  private static <T> T withVertx(java.util.function.Function<Vertx, Future<T>> work) {
    Vertx vertx = Vertx.vertx();
    try {
      return work.apply(vertx).await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    } finally {
      vertx.close();
    }
  }
}
