package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.database.TestDatabase;
import io.fanfare.faults.History.Hook;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real runs that somebody has tampered with, in the database or on the way: the checker is not
 * blind to what a fault of the service would leave behind.
 */
class TamperedHistoryTest {
  private static final String SECRET = "a secret";
  private static final int EVENTS = 5;
  private static final int DELAY_MILLIS = 1_000;

  private static Vertx vertx;
  private static TestFanfare fanfare;
  private static FaultReceiver receiver;
  private static PgConnection hand;

  private final ProducerLog log = new ProducerLog();
  private Hook hook;

  @BeforeAll
  static void start() throws TimeoutException {
    vertx = Vertx.vertx();
    String url = TestDatabase.url();
    fanfare = TestFanfare.start(url, Map.of());
    receiver = FaultReceiver.start(vertx);
    hand = await(PgConnection.connect(vertx, PgConnectOptions.fromUri(url)));
  }

  @AfterAll
  static void stop() throws TimeoutException {
    await(hand.close());
    fanfare.close();
    receiver.close();
    await(vertx.close());
  }

  @BeforeEach
  void register(org.junit.jupiter.api.TestInfo test) throws TimeoutException {
    String path = "/" + test.getDisplayName().replaceAll("\\W", "");
    JsonObject policy =
        new JsonObject()
            .put("max_attempts", 3)
            .put("backoff_strategy", "fixed")
            .put("initial_delay", DELAY_MILLIS)
            .put("max_delay", DELAY_MILLIS);
    String id =
        fanfare
            .webhook(
                receiver.url(path),
                new JsonObject()
                    .put("secret", SECRET)
                    .put("project_id", path.substring(1))
                    .put("retry_policy", policy))
            .getString("webhook_id");
    hook = new Hook(id, path, SECRET, 3, DELAY_MILLIS);
  }

  @Test
  void nobodyHasTamperedWithThisOne() throws Exception {
    publish();
    assertThat(quiet()).isEmpty();
  }

  @Test
  void aDeletedRow() throws Exception {
    publish();
    assertThat(quiet()).isEmpty();
    execute("delete from delivery where webhook = $1::int4 and id = (" + ONE + ")");
    assertThat(violations()).anyMatch(v -> v.startsWith("I1:") && v.endsWith("is lost"));
  }

  @Test
  void aSkippedFlush() throws Exception {
    execute(
        """
        create function skipped() returns trigger language plpgsql as 'begin return null; end'
        """);
    execute("create trigger skip before insert on event for each row execute function skipped()");
    execute(
        "create trigger skip before insert on delivery for each row execute function skipped()");
    try {
      publish();
    } finally {
      execute("drop function skipped cascade");
    }
    assertThat(violations().stream().filter(v -> v.endsWith("is lost"))).hasSize(EVENTS);
  }

  @Test
  void aFlippedByte() throws Exception {
    receiver.answer(hook.path(), (delivery, n) -> n == 1 ? 500 : 200);
    publish();
    await().until(() -> receiver.got(hook.path()).size() >= EVENTS);
    execute(
        """
        update event set data = set_byte(data, length(data) - 3, get_byte(data, length(data) - 3) # 1)
        where id = (select event_id from delivery where webhook = $1::int4 limit 1)
        """);
    assertThat(quiet()).anyMatch(v -> v.startsWith("I7:"));
  }

  @Test
  void aDoubledRequest() throws Exception {
    publish();
    assertThat(quiet()).isEmpty();
    History.Got first = receiver.got(hook.path()).get(0);
    HttpRequest<Buffer> again = WebClient.create(vertx).postAbs(receiver.url(hook.path()));
    first.signed().forEach(again::putHeader);
    await(again.putHeader("x-trae-delivery", first.delivery()).sendBuffer(first.body()));
    assertThat(violations()).anyMatch(v -> v.startsWith("I5:")).anyMatch(v -> v.startsWith("I6:"));
  }

  @Test
  void aBurnedAttempt() throws Exception {
    publish();
    assertThat(quiet()).isEmpty();
    execute("update delivery set attempts = 2 where webhook = $1::int4 and id = (" + ONE + ")");
    assertThat(violations()).anyMatch(v -> v.startsWith("I5:") && v.endsWith("1 arrived"));
  }

  private static final String ONE = "select id from delivery where webhook = $1::int4 limit 1";

  private void publish() throws TimeoutException {
    for (int i = 0; i < EVENTS; i++) {
      String mark = hook.path() + i;
      JsonObject data = new JsonObject().put("mark", mark);
      log.submitted(mark, data.encode());
      String event =
          await(
                  fanfare
                      .client()
                      .post(
                          "/api/events",
                          new JsonObject()
                              .put("event", "build.started")
                              .put("project_id", hook.path().substring(1))
                              .put("data", data)))
              .getString("event_id");
      log.accepted(mark, event);
    }
  }

  private List<String> quiet() {
    await()
        .until(
            () ->
                Histories.stats(fanfare.client(), hook.id()).getInteger("pending_deliveries") == 0);
    return violations();
  }

  private List<String> violations() {
    try {
      History read =
          Histories.of(fanfare.client(), log, List.of(hook), receiver.got(hook.path()), List.of());
      return HistoryCheck.violations(read.whereAllIsReachable(), 0);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a statement, in which $1 is the number of the webhook. */
  private void execute(String sql) throws TimeoutException {
    int number =
        await(
            hand.query("select max(number)::int4 from webhook")
                .execute()
                .map(rows -> rows.iterator().next().getInteger(0)));
    await(hand.query(sql.replace("$1", Integer.toString(number))).execute());
  }
}
