package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.StartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class DatabaseTest {
  private Database database;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.create(vertx).await(30, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void limitsTheTimeOfStatementsAndNamesEveryConnection() throws Exception {
    UUID instance = database.instance();

    assertThat(setting(database.ingest(), "statement_timeout")).isEqualTo("5s");
    assertThat(setting(database.read(), "statement_timeout")).isEqualTo("10s");
    assertThat(setting(database.control(), "lock_timeout")).isEqualTo("2s");
    assertThat(setting(database.outcome(), "application_name"))
        .isEqualTo("fanfare-outcome-" + instance);
    assertThat(setting(database.outcome(), "idle_in_transaction_session_timeout")).isEqualTo("30s");
    assertThat(setting(database.outcome(), "plan_cache_mode")).isEqualTo("force_generic_plan");
  }

  @Test
  void neverReadsAWholePartition() throws Exception {
    for (Pool pool : List.of(database.ingest(), database.outcome(), database.read())) {
      assertThat(setting(pool, "enable_seqscan")).isEqualTo("off");
      assertThat(setting(pool, "enable_hashjoin")).isEqualTo("off");
      assertThat(setting(pool, "enable_mergejoin")).isEqualTo("off");
    }
  }

  @Test
  void neverLetsAnyServerCompileAStatement() throws Exception {
    for (Pool pool :
        List.of(database.ingest(), database.outcome(), database.read(), database.control())) {
      String source =
          pool.query("select setting || ' by ' || source from pg_settings where name = 'jit'")
              .execute()
              .map(rows -> rows.iterator().next().getString(0))
              .await(10, SECONDS);

      assertThat(source).isEqualTo("off by client");
    }
  }

  @Test
  void endsTheConnectionsOfEarlierProcessesOnly(Vertx vertx) throws Exception {
    Database earlier = Database.open(vertx, config()).await(10, SECONDS);
    PgConnection waiting = earlier.connect("node").await(10, SECONDS);
    Future<?> statement = waiting.query("select pg_sleep(60)").execute();
    PgConnection own = database.connect("node").await(10, SECONDS);
    assertThat(database.hasOthers().await(10, SECONDS)).isTrue();

    database.terminateOthers().await(20, SECONDS);

    assertThat(database.hasOthers().await(10, SECONDS)).isFalse();
    assertThatThrownBy(() -> statement.await(10, SECONDS)).isNotNull();
    own.query("select 1").execute().await(10, SECONDS);
    own.close().await(10, SECONDS);
    earlier.close().await(10, SECONDS);
  }

  @Test
  void saysThatTheFateOfASlowStatementIsUnknownAndDecidesItByEndingItsBackend() throws Exception {
    Future<Void> slow =
        Deadline.run(
            database.ingest(),
            Duration.ofMillis(200),
            connection -> connection.query("select pg_sleep(4)").execute().mapEmpty());
    Throwable failure = slow.map((Throwable) null).otherwise(e -> e).await(10, SECONDS);

    assertThat(failure).isInstanceOf(FateUnknownException.class);
    int processId = ((FateUnknownException) failure).processId();
    database.terminate(processId).await(10, SECONDS);

    assertThat(
            database
                .control()
                .query("select from pg_stat_activity where pid = " + processId)
                .execute()
                .await(10, SECONDS)
                .size())
        .isZero();
    database.terminate(processId).await(10, SECONDS);
    assertThat(setting(database.ingest(), "fsync")).isEqualTo("on");
  }

  @Test
  void saysThatTheFateOfAStatementWithABrokenConnectionIsUnknown() throws Exception {
    Future<Void> cut =
        Deadline.run(
            database.ingest(),
            Duration.ofSeconds(5),
            connection ->
                connection
                    .query("select pg_terminate_backend(pg_backend_pid()), pg_sleep(4)")
                    .execute()
                    .mapEmpty());

    assertThatThrownBy(() -> cut.await(10, SECONDS)).isInstanceOf(FateUnknownException.class);
  }

  @Test
  void passesOnWhatTheServerRefused() {
    Future<Void> refused =
        Deadline.run(
            database.ingest(),
            Duration.ofSeconds(5),
            connection -> connection.query("select 1 / 0").execute().mapEmpty());

    assertThatThrownBy(() -> refused.await(10, SECONDS))
        .isInstanceOfSatisfying(
            PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("22012"));
  }

  @Test
  void givesTheConnectionBackWhereTheWorkThrows() throws Exception {
    for (int i = 0; i < 5; i++) {
      Future<Void> thrown =
          Deadline.run(
              database.ingest(),
              Duration.ofSeconds(5),
              connection -> {
                throw new IllegalStateException("before any statement");
              });
      assertThatThrownBy(() -> thrown.await(10, SECONDS)).isNotNull();
    }

    assertThat(setting(database.ingest(), "fsync")).isEqualTo("on");
  }

  @Test
  void givesUpOnADatabaseThatCannotBeReached(Vertx vertx) {
    Future<Database> open =
        Database.open(vertx, config("postgresql://u:p@127.0.0.1:1/d", Duration.ofSeconds(1)));

    assertThatThrownBy(() -> open.await(10, SECONDS))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(69))
        .hasMessageContaining("the database at 127.0.0.1:1/d could not be reached for 1 s");
  }

  @Test
  void doesNotRetryAWrongPassword(Vertx vertx) {
    String wrong = TestDatabase.url().replaceFirst(":[^:@/]+@", ":guess@");
    Future<Database> open = Database.open(vertx, config(wrong, Duration.ofMinutes(1)));

    assertThatThrownBy(() -> open.await(10, SECONDS))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(78))
        .hasMessageContaining("refuses the connection (password authentication failed");
  }

  private DatabaseConfig config() {
    var options = database.connectOptions("test");
    String url =
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                options.getUser(),
                options.getPassword(),
                options.getHost(),
                options.getPort(),
                options.getDatabase());
    return config(url, Duration.ofSeconds(5));
  }

  private static DatabaseConfig config(String url, Duration connectWait) {
    DatabaseConfig config = TestDatabase.config(url);
    return new DatabaseConfig(
        url,
        config.embeddedDir(),
        config.embeddedPort(),
        config.ingestConnections(),
        config.outcomeConnections(),
        config.readConnections(),
        config.controlConnections(),
        config.statementTimeout(),
        config.readTimeout(),
        connectWait);
  }

  private static String setting(Pool pool, String name) throws Exception {
    return pool.query("show " + name)
        .execute()
        .map(rows -> rows.iterator().next().getString(0))
        .await(10, SECONDS);
  }
}
