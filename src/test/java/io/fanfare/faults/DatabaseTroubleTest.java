package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that lives and refuses: full, or without a free connection, or in conflict. */
class DatabaseTroubleTest {
  private static final String SECRET = "a secret";

  private final Vertx vertx = Vertx.vertx();
  private TestFanfare fanfare;
  private TestReceiver receiver;
  private PgConnection administrator;
  private String role;
  private String webhook;

  @BeforeEach
  void start() throws TimeoutException {
    String url = TestDatabase.url();
    PgConnectOptions options = PgConnectOptions.fromUri(url);
    administrator = await(PgConnection.connect(vertx, options));
    // Limits of connections do not hold for superusers; and the service must not need one.
    role = "app_" + options.getDatabase();
    execute("create role " + role + " login password 'secret'");
    execute("grant pg_read_all_settings to " + role);
    execute("alter database " + options.getDatabase() + " owner to " + role);
    fanfare =
        TestFanfare.start(
            "postgresql://%s:secret@%s:%d/%s"
                .formatted(role, options.getHost(), options.getPort(), options.getDatabase()),
            Map.of("FANFARE_DATABASE_STATEMENT_TIMEOUT", "1s"));
    receiver = TestReceiver.start(vertx);
    webhook =
        fanfare
            .webhook(receiver.url("/hook"), new JsonObject().put("secret", SECRET))
            .getString("webhook_id");
  }

  @AfterEach
  void stop() throws TimeoutException {
    fanfare.close();
    receiver.close();
    await(administrator.close());
    await(vertx.close());
  }

  @Test
  void withoutAFreeConnectionPublishersAreRefusedUntilThereIsOne() throws Exception {
    SteadyPublisher publisher = publishing();
    execute("alter role " + role + " connection limit 0");
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
    await().until(() -> publisher.refused() > 4);
    execute("alter role " + role + " connection limit -1");
    goesOn(publisher);
  }

  @Test
  void backendsThatAreEndedAgainAndAgainLoseNothing() throws Exception {
    SteadyPublisher publisher = publishing();
    for (int i = 0; i < 6; i++) {
      int before = publisher.accepted();
      execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + role + "'");
      await().until(() -> publisher.accepted() > before + 20);
    }
    goesOn(publisher);
  }

  @Test
  void onAFullDiskNothingIsAcknowledgedUntilThereIsRoom() throws Exception {
    SteadyPublisher publisher = publishing();
    execute(
        """
        create function disk_is_full() returns trigger language plpgsql as $$
        begin raise exception 'could not extend file: No space left on device'
          using errcode = 'disk_full'; end $$
        """);
    execute(
        "create trigger full_insert before insert on event"
            + " for each row execute function disk_is_full()");
    execute(
        "create trigger full_update before update on delivery"
            + " for each row execute function disk_is_full()");
    await().until(() -> publisher.refused() > 4);
    long events = count("event");
    int refused = publisher.refused();
    await().until(() -> publisher.refused() > refused + 4);
    assertThat(count("event")).isEqualTo(events);
    execute("drop function disk_is_full cascade");
    goesOn(publisher);
  }

  @Test
  void whoHoldsLocksOrMakesDeadlocksIsOutlived() throws Exception {
    SteadyPublisher publisher = publishing();
    for (String table : List.of("event", "delivery", "stat_delta", "webhook")) {
      int before = publisher.accepted();
      execute("begin");
      execute("lock table " + table + " in exclusive mode");
      // Longer than a statement may take.
      await(vertx.timer(1_300, TimeUnit.MILLISECONDS));
      execute("commit");
      await().until(() -> publisher.accepted() > before + 20);
    }
    goesOn(publisher);
  }

  private SteadyPublisher publishing() {
    SteadyPublisher publisher = new SteadyPublisher(vertx, fanfare.client(), 5).start(4);
    await().until(() -> publisher.accepted() > 50);
    return publisher;
  }

  /** What was accepted before, meanwhile and later arrives once. */
  private void goesOn(SteadyPublisher publisher) throws TimeoutException {
    int before = publisher.accepted();
    await().until(() -> publisher.accepted() > before + 50);
    publisher.stop();
    await().until(publisher::isQuiet);
    assertThat(publisher.wrong()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stats().getInteger("pending_deliveries") == 0);
    assertThat(
            HistoryCheck.violations(
                Histories.of(
                    fanfare.client(),
                    publisher.log(),
                    new History.Hook(webhook, "/hook", SECRET, 3, 1_000),
                    receiver),
                0))
        .isEmpty();
  }

  private JsonObject stats() throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook)).getJsonObject("stats");
  }

  private long count(String table) throws TimeoutException {
    return await(
        administrator
            .query("select count(*) from " + table)
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }

  private void execute(String sql) throws TimeoutException {
    await(administrator.query(sql).execute());
  }
}
