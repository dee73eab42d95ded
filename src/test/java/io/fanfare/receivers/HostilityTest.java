package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.client.FanfareClient;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Everything that a hostile receiver does, all of it at once: each attempt has the outcome of the
 * contract and ends by its deadline, and nothing of it is left for the next.
 */
class HostilityTest {
  private static final long TIMEOUT_MILLIS = 1_000;
  // The bound of the service's own promise; of the attempt's own record, not of this test's clock.
  private static final long LATE_MILLIS = 100;
  private static final int KEPT_MAX = 16 << 10;
  private static final String ENDED =
      """
      select w.url, (extract(epoch from d.ended_at - a.started_at) * 1000)::int8 as millis
      from attempt a
      join delivery d on d.webhook = a.webhook and d.id = a.delivery_id
      join webhook w on w.number = a.webhook
      """;

  private final String database = TestDatabase.url();
  private TestFanfare fanfare;
  private HostileReceiver receiver;

  /** A webhook of a hostility, and a connection to the API of its own: all are tested at once. */
  private record Tester(Hostility hostility, FanfareClient client, String webhookId) {
    Future<JsonObject> test() {
      return client.post("/api/webhooks/" + webhookId + "/test", new JsonObject());
    }
  }

  @BeforeEach
  void start() throws Exception {
    fanfare = TestFanfare.start(database, Map.of("FANFARE_DELIVERY_KEEP_ALIVE", "1s"));
    receiver = HostileReceiver.start();
  }

  @AfterEach
  void stop() throws Exception {
    receiver.close();
    fanfare.close();
  }

  @Test
  void eachEndsAsTheContractSaysByItsDeadlineAndLeavesNothing() throws Exception {
    receiver.on(Hostility.all());
    List<Tester> testers = new ArrayList<>();
    for (Hostility hostility : Hostility.all()) {
      JsonObject webhook =
          fanfare.webhook(receiver.url(hostility.path()), new JsonObject().put("timeout", 1));
      testers.add(
          new Tester(
              hostility, fanfare.client(TestFanfare.TOKEN), webhook.getString("webhook_id")));
    }
    Map<Hostility, JsonObject> answers = testAll(testers);
    Map<String, Long> millis = recordedMillis();

    SoftAssertions softly = new SoftAssertions();
    long worst = 0;
    for (Hostility hostility : Hostility.all()) {
      JsonObject answer = answers.get(hostility);
      softly
          .assertThat(answer.getInteger("response_code") + " " + answer.getString("error"))
          .as(hostility.name())
          .isEqualTo(hostility.outcome());
      String kept = answer.getString("response_body");
      softly
          .assertThat(kept == null ? 0 : kept.length())
          .as(hostility.name())
          .isLessThanOrEqualTo(KEPT_MAX);
      long took = millis.get(receiver.url(hostility.path()));
      worst = Math.max(worst, took);
      softly
          .assertThat(took)
          .as(hostility.name())
          .isBetween(hostility.untilDeadline() ? TIMEOUT_MILLIS : 0, TIMEOUT_MILLIS + LATE_MILLIS);
    }
    softly.assertAll();
    System.out.printf(
        "hostile.modes = %d, hostile.overrun_max_ms = %d%n",
        answers.size(), worst - TIMEOUT_MILLIS);

    // The same connections, as far as they were kept, bring what is meant for them.
    for (Hostility hostility : Hostility.all()) {
      receiver.answer(hostility.path(), "HTTP/1.1 202 Accepted\r\ncontent-length: 4\r\n\r\nnext");
    }
    testAll(testers)
        .forEach(
            (hostility, answer) -> {
              assertThat(answer.getString("error")).as(hostility.name()).isNull();
              assertThat(answer.getString("response_body")).as(hostility.name()).isEqualTo("next");
            });
    await().atMost(Duration.ofSeconds(10)).until(() -> receiver.open() == 0);
  }

  private static Map<Hostility, JsonObject> testAll(List<Tester> testers) throws TimeoutException {
    List<Future<JsonObject>> running = testers.stream().map(Tester::test).toList();
    Map<Hostility, JsonObject> answers = new HashMap<>();
    for (int i = 0; i < testers.size(); i++) {
      answers.put(testers.get(i).hostility(), await(running.get(i)));
    }
    return answers;
  }

  /** How long each webhook's attempt took by what is written down of it. */
  private Map<String, Long> recordedMillis() throws TimeoutException {
    PgConnection connection = await(PgConnection.connect(fanfare.vertx(), database));
    Map<String, Long> millis = new HashMap<>();
    for (Row row : await(connection.query(ENDED).execute())) {
      millis.put(row.getString("url"), row.getLong("millis"));
    }
    await(connection.close());
    return millis;
  }
}
