package io.fanfare.database;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.DatabaseUrl;
import io.fanfare.config.StartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database and the ways to it: one small pool for each kind of work, so that none waits behind
 * another, and none pipelines. Statements are prepared once a connection and planned once.
 */
public final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final String NAME_PREFIX = "fanfare-";
  private static final int PREPARED_MAX = 256;
  // The default of 2,048 characters leaves the statements out that matter most.
  private static final int PREPARED_SQL_LENGTH_MAX = 16 << 10;
  private static final int WAITING_MAX = 1_024;
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration IDLE_IN_TRANSACTION_TIMEOUT = Duration.ofSeconds(30);
  // A server that has ended a statement for its time says so within this.
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private static final Duration OTHERS_LIMIT = Duration.ofSeconds(15);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(50);

  /**
   * For statements that touch rows by key only: a partition that is minutes old looks empty to the
   * planner, and it would choose to read it whole for as long as the connection lives.
   */
  private static final Map<String, String> KEYS_ONLY =
      Map.of(
          "enable_hashjoin", "off",
          "enable_mergejoin", "off",
          "enable_seqscan", "off",
          // Without these two an outcome's bounds of ids would be read whole and kept, and each of
          // its rows be searched there: cheap on paper while a partition looks empty, and
          // quadratic in truth.
          "enable_bitmapscan", "off",
          "enable_material", "off",
          // What is due first, or newest, is read from an index that has that order. Sorting looks
          // cheaper where a webhook is believed to have few rows, and reads all of them.
          "enable_sort", "off");

  private static final String OTHERS =
      """
      select pid from pg_stat_activity
      where datname = current_database() and application_name like 'fanfare-%'
        and application_name not like '%' || $1::text
      """;

  private static final String TERMINATE_OTHERS =
      "select pg_terminate_backend(pid) from (" + OTHERS + ") as other";

  private final Vertx vertx;
  private final PgConnectOptions target;
  private final @Nullable EmbeddedPostgres embedded;
  private final UUID instance = UUID.randomUUID();
  private final Pool ingest;
  private final Pool outcome;
  private final Pool read;
  private final Pool control;
  private volatile boolean ownsServer;

  private Database(
      Vertx vertx,
      DatabaseConfig config,
      PgConnectOptions target,
      @Nullable EmbeddedPostgres embedded) {
    this.vertx = vertx;
    this.target = target;
    this.embedded = embedded;
    Duration writing = config.statementTimeout();
    this.ingest = pool("ingest", config.ingestConnections(), writing, KEYS_ONLY);
    this.outcome = pool("outcome", config.outcomeConnections(), writing, KEYS_ONLY);
    this.read = pool("read", config.readConnections(), config.readTimeout(), KEYS_ONLY);
    this.control = pool("control", config.controlConnections(), writing, keysOnlyAndLockTimeout());
  }

  /**
   * Opens the configured database; starts the embedded one where no URL is set, and retries an
   * external one that cannot be reached. The future fails with a {@link StartException}.
   */
  public static Future<Database> open(Vertx vertx, DatabaseConfig config) {
    if (config.url().isEmpty()) {
      return vertx
          .executeBlocking(() -> EmbeddedPostgres.start(config), false)
          .compose(embedded -> openEmbedded(vertx, config, embedded));
    }
    return open(vertx, config, DatabaseUrl.parse(config.url()), null);
  }

  private static Future<Database> openEmbedded(
      Vertx vertx, DatabaseConfig config, EmbeddedPostgres embedded) {
    return EmbeddedDatabase.ensure(vertx, embedded)
        .compose(target -> open(vertx, config, target, embedded))
        .recover(
            e ->
                embedded.hasGone()
                    ? open(vertx, config)
                    : (embedded.adopted() ? done() : stop(vertx, embedded))
                        .transform(stopped -> Future.failedFuture(embedded.failure(e))));
  }

  private static Future<Database> open(
      Vertx vertx,
      DatabaseConfig config,
      PgConnectOptions target,
      @Nullable EmbeddedPostgres embedded) {
    return ServerCheck.await(vertx, target, config.connectWait())
        .map(
            version -> {
              LOG.info(
                  "Database {} at {}:{}, PostgreSQL {}",
                  target.getDatabase(),
                  target.getHost(),
                  target.getPort(),
                  version);
              return new Database(vertx, config, target, embedded);
            });
  }

  /** For statements that commit events; touches rows by key only. */
  public Pool ingest() {
    return ingest;
  }

  /** For statements that record outcomes; touches rows by key only. */
  public Pool outcome() {
    return outcome;
  }

  /** For queries of the API; limited in time, since long ones hold back the pruning of rows. */
  public Pool read() {
    return read;
  }

  /** For everything else; goes by keys, and waits for locks for at most two seconds. */
  public Pool control() {
    return control;
  }

  /** Tells this process from earlier ones in the names of connections. */
  public UUID instance() {
    return instance;
  }

  /**
   * For a connection of its own, without any limit of time.
   *
   * @param room its part of the connection's name
   */
  public PgConnectOptions connectOptions(String room) {
    return named(room, Map.of());
  }

  /** A connection of its own, see {@link #connectOptions}. */
  public Future<PgConnection> connect(String room) {
    return PgConnection.connect(vertx, connectOptions(room)).onSuccess(Database::logNotices);
  }

  /**
   * Says that this process has the exclusive right to deliver: an embedded server, also an adopted
   * one, then stops with it.
   */
  public void ownServer() {
    ownsServer = true;
  }

  /** Whether {@link #close} stops the server, and every connection with it. */
  public boolean stopsServer() {
    return embedded != null && ownsServer;
  }

  /**
   * Whether an adopted server has been stopped by its earlier owner: opening the database again
   * starts another one.
   */
  public boolean serverHasGone() {
    return embedded != null && !ownsServer && embedded.hasGone();
  }

  /** Says that another process has the right now: the server is its to stop. */
  public void disownServer() {
    ownsServer = false;
  }

  /**
   * Ends the connections of earlier processes on this database and waits until they are gone, so
   * that nothing of theirs commits any more. Only for who has the exclusive right to deliver.
   */
  public Future<Void> terminateOthers() {
    long deadline = System.nanoTime() + OTHERS_LIMIT.toNanos();
    return terminateOthers(deadline);
  }

  private Future<Void> terminateOthers(long deadline) {
    return control
        .preparedQuery(TERMINATE_OTHERS)
        .execute(Tuple.of(instance.toString()))
        .compose(
            rows -> {
              if (rows.size() == 0) {
                return Future.succeededFuture();
              }
              if (System.nanoTime() > deadline) {
                return Future.failedFuture(
                    StartException.unavailable(
                        "%d connections of an earlier process do not end; end them with"
                                .formatted(rows.size())
                            + " pg_terminate_backend, or restart the database"));
              }
              return vertx
                  .timer(POLL.toMillis(), TimeUnit.MILLISECONDS)
                  .compose(timer -> terminateOthers(deadline));
            });
  }

  /** Whether other processes of Fanfare are connected to this database. */
  public Future<Boolean> hasOthers() {
    return control
        .preparedQuery(OTHERS)
        .execute(Tuple.of(instance.toString()))
        .map(rows -> rows.size() > 0);
  }

  /**
   * Ends one backend, and completes when it is gone and the fate of its last statement is decided.
   * Fails only where the database cannot be asked.
   *
   * @param processId see {@link PgConnection#processId}
   */
  public Future<Void> terminate(int processId) {
    return control
        .preparedQuery(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where pid = $1::int4 and application_name like 'fanfare-%'
            """)
        .execute(Tuple.of(processId))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture()
                    : vertx
                        .timer(POLL.toMillis(), TimeUnit.MILLISECONDS)
                        .compose(timer -> terminate(processId)));
  }

  /**
   * Closes the pools, then stops an embedded server that is ours: owned, or started by this process
   * with nobody else on it.
   */
  public Future<Void> close() {
    return mustStopServer()
        .compose(stop -> closePools().transform(closed -> stop ? stopServer() : done()));
  }

  private Future<Boolean> mustStopServer() {
    if (embedded == null || ownsServer || embedded.adopted()) {
      return Future.succeededFuture(stopsServer());
    }
    return hasOthers()
        .timeout(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .map(others -> !others)
        .otherwise(true);
  }

  private Future<Void> closePools() {
    return Future.join(List.of(ingest.close(), outcome.close(), read.close(), control.close()))
        .timeout(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .mapEmpty();
  }

  private Future<Void> stopServer() {
    return embedded == null ? done() : stop(vertx, embedded);
  }

  private static Future<Void> stop(Vertx vertx, EmbeddedPostgres embedded) {
    return vertx.executeBlocking(
        () -> {
          embedded.stop();
          return null;
        },
        false);
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  /** Without a handler the client prints to standard error what a server says when it closes. */
  static void logNotices(SqlConnection connection) {
    connection.exceptionHandler(e -> LOG.debug("A connection ends: {}", e.getMessage()));
  }

  private Pool pool(
      String room, int connections, Duration statementTimeout, Map<String, String> settings) {
    PgConnectOptions options =
        named(room, settings)
            .addProperty("statement_timeout", Long.toString(statementTimeout.toMillis()));
    Greeting greeting = new Greeting(vertx, target, SILENCE);
    return PgBuilder.pool()
        .using(vertx)
        .connectingTo(() -> greeting.exchange().map(options))
        .withConnectHandler(
            connection -> {
              SilenceGuard.guard(connection, statementTimeout.plus(SILENCE));
              // Into the pool.
              connection.close();
            })
        .with(
            new PoolOptions()
                .setName(NAME_PREFIX + room)
                .setMaxSize(connections)
                .setMaxWaitQueueSize(WAITING_MAX)
                // Waiting has its end in Deadline; this one is a last resort.
                .setConnectionTimeout(60)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setMaxLifetime(60)
                .setMaxLifetimeUnit(TimeUnit.MINUTES))
        .build();
  }

  private PgConnectOptions named(String room, Map<String, String> settings) {
    PgConnectOptions options =
        new PgConnectOptions(target)
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(PREPARED_MAX)
            .setPreparedStatementCacheSqlFilter(sql -> sql.length() <= PREPARED_SQL_LENGTH_MAX)
            .setPipeliningLimit(1)
            .addProperty("application_name", NAME_PREFIX + room + "-" + instance)
            .addProperty("client_min_messages", "warning")
            .addProperty("plan_cache_mode", "force_generic_plan")
            // Until PostgreSQL 17 a way that is switched off counts as endlessly dear, and a dear
            // statement is compiled: 0.1 s and more each time, for one of a millisecond.
            .addProperty("jit", "off")
            .addProperty(
                "idle_in_transaction_session_timeout",
                Long.toString(IDLE_IN_TRANSACTION_TIMEOUT.toMillis()));
    settings.forEach(options::addProperty);
    return options;
  }

  private static Map<String, String> keysOnlyAndLockTimeout() {
    Map<String, String> settings = new HashMap<>(KEYS_ONLY);
    settings.put("lock_timeout", Long.toString(LOCK_TIMEOUT.toMillis()));
    return settings;
  }
}
