package io.fanfare.outcome;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.database.Writer;
import io.fanfare.delivery.Outcome;
import io.fanfare.delivery.Report;
import io.fanfare.delivery.Unrecorded;
import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.OpenSet;
import io.fanfare.event.Waiting;
import io.fanfare.event.Windows;
import io.fanfare.faults.Relay;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.webhook.TestWebhooks;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Outcomes whose commit nobody heard of, that were cut off, or that hold what the database refuses:
 * each is recorded and counted once, and lets go of its permit.
 */
class OutcomeFateTest {
  private static final int WEBHOOK = 2;
  private static final int PERMITS = 100;
  private static final Duration LIMIT = Duration.ofMillis(700);

  private final Vertx vertx = Vertx.vertx();
  private final Windows windows = new Windows(PERMITS, new HeldBytes(1 << 20));
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  private final OpenSet openSet = new OpenSet(ids, IdGenerator.ZERO);
  private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
  private Database database;
  private Database relayed;
  private Relay relay;

  @BeforeEach
  void start() throws TimeoutException {
    openSet.earlier().sealed(); // nothing was held before
    LocalCodec.register(vertx);
    database = await(TestDatabase.create(vertx));
    PgConnectOptions target = database.connectOptions("test");
    relay = Relay.start(vertx, target.getHost(), target.getPort());
    relayed =
        await(
            Database.open(
                vertx,
                TestDatabase.config(
                    "postgresql://%s:%s@127.0.0.1:%d/%s"
                        .formatted(
                            target.getUser(),
                            target.getPassword(),
                            relay.port(),
                            target.getDatabase()))));
    WebhookIndex index = new WebhookIndex();
    index.put(TestWebhooks.of(WEBHOOK, "http://127.0.0.1:1/"));
    vertx
        .eventBus()
        .<Waiting>localConsumer(Addresses.WAITING, message -> waiting.add(message.body()));
    await(
        vertx.deployVerticle(
            new OutcomeVerticle(
                0,
                1,
                FanfareConfig.load(null, Map.of("FANFARE_OUTCOME_LINGER", "50ms"))
                    .config()
                    .outcome(),
                index,
                new SettlementPolicy(new Random(1), 0),
                new Fence(0, () -> {}),
                new Writer(vertx, database, relayed.outcome(), LIMIT),
                new Unrecorded(1_000),
                Clock.systemUTC(),
                gone -> {},
                new OutcomeVerticle.OutcomeListener() {
                  @Override
                  public void flushed(int reports, long nanos) {}

                  @Override
                  public void settled(Settlement.Next next) {}
                },
                new Feed())));
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(relayed.close());
    relay.close();
    await(database.close());
    await(vertx.close());
  }

  @Test
  void aRecordWhoseAnswerVanishedIsCountedOnce() throws Exception {
    report(accepted());
    await().until(this::holdsNothing);
    relay.mode(Relay.Mode.DEAF);
    report(accepted());
    report(failed(503, "HTTP 503: Service Unavailable"));
    await().until(() -> count("delivery where status = 'success'") == 2);
    relay.mode(Relay.Mode.PASS);
    await().until(this::holdsNothing);

    assertThat(count("delivery where status = 'pending' and attempts = 1 and due_at is not null"))
        .isEqualTo(1);
    assertThat(count("stat_delta, unnest(statuses)")).isEqualTo(2);
    assertThat(count("attempt")).isEqualTo(1);
    assertThat(waiting).hasSize(1);
  }

  @Test
  void aRecordWhoseBackendIsTerminatedIsMadeAgain() throws Exception {
    PgConnection stranger = await(PgConnection.connect(vertx, database.connectOptions("stranger")));
    await(stranger.query("begin").execute());
    await(stranger.query("lock table stat_delta in exclusive mode").execute());
    report(accepted());
    report(failed(503, "HTTP 503: Service Unavailable"));
    await()
        .until(
            () ->
                count(
                        """
                        (select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                          and application_name like 'fanfare-outcome-%') as ended
                        """)
                    > 0);
    assertThat(count("delivery where status = 'pending' and due_at is null")).isEqualTo(2);
    await(stranger.query("commit").execute());
    await(stranger.close());
    await().until(this::holdsNothing);

    assertThat(count("delivery where status = 'success'")).isEqualTo(1);
    assertThat(count("stat_delta, unnest(statuses)")).isEqualTo(1);
    assertThat(count("attempt")).isEqualTo(1);
  }

  @Test
  void aValueThatTheDatabaseRefusesKeepsNobodyFromBeingRecorded() throws Exception {
    report(accepted());
    report(failed(404, "ok", "a body with \0"));
    report(failed(null, "an error with \0"));
    report(failed(404, "HTTP 404: Not Found"));
    await().until(this::holdsNothing);

    assertThat(count("delivery where status = 'success'")).isEqualTo(1);
    assertThat(count("delivery where status = 'failed'")).isEqualTo(2);
    assertThat(count("delivery where status = 'pending' and due_at is null")).isZero();
    assertThat(count("stat_delta, unnest(statuses)")).isEqualTo(3);
  }

  private void report(Outcome outcome) throws TimeoutException {
    OpenSet.Flush flush = openSet.open();
    flush.add();
    flush.sealed();
    Event event = new Event(ids.next(), "build.started", null, "t", Buffer.buffer("{}"));
    Delivery delivery = new Delivery(WEBHOOK, ids.next(), event, 0, 0, flush, windows.of(WEBHOOK));
    assertThat(windows.of(WEBHOOK).tryHold(2)).isTrue();
    await(
        database
            .control()
            .preparedQuery(
                """
                insert into delivery (webhook, id, event_id, event_type, status)
                values ($1::int4, $2::uuid, $3::uuid, 'build.started', 'pending')
                """)
            .execute(Tuple.of(WEBHOOK, delivery.id(), event.id())));
    vertx
        .eventBus()
        .send(
            Addresses.outcome(0),
            new Report(delivery, Report.Kind.ATTEMPTED, outcome, false, null, null, null),
            LocalCodec.OPTIONS);
  }

  private static Outcome accepted() {
    return answer(200, "OK", null);
  }

  private static Outcome failed(@Nullable Integer code, String error) {
    return failed(code, error, "no");
  }

  private static Outcome failed(@Nullable Integer code, String error, String body) {
    return code == null ? answer(null, null, error) : answer(code, body, error);
  }

  private static Outcome answer(
      @Nullable Integer code, @Nullable String body, @Nullable String error) {
    long now = System.currentTimeMillis();
    return new Outcome(
        code == null ? Outcome.Kind.NETWORK : Outcome.Kind.ANSWER,
        now - 5,
        now,
        code,
        code == null ? null : 5,
        body,
        code == null ? null : "{}",
        code != null,
        null,
        error);
  }

  private boolean holdsNothing() {
    openSet.mark();
    return openSet.size() == 0 && windows.heldBytes() == 0 && windows.of(WEBHOOK).free() == PERMITS;
  }

  private long count(String from) throws TimeoutException {
    return await(
        database
            .control()
            .query("select count(*) from " + from)
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }
}
