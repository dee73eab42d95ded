package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code kill -9} in the middle of 2,000 events: of the process, and of the process with its
 * PostgreSQL. Every accepted event has arrived after the restart, and what is counted is what is
 * there.
 */
class KilledServiceTest {
  private static final int BATCHES = 100;
  private static final int BATCH = 20;

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private TestReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException {
    receiver = TestReceiver.start(vertx);
  }

  @AfterEach
  void stop() throws TimeoutException {
    receiver.close();
    TestFanfare.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingAcceptedIsLost(boolean withDatabase) throws Exception {
    Set<String> accepted = new HashSet<>();
    String webhook;
    try (ServiceProcess service = ServiceProcess.start(folder)) {
      FanfareClient client = service.client(vertx);
      webhook =
          TestFanfare.await(
                  client.post(
                      "/api/webhooks",
                      new JsonObject()
                          .put("name", "survivor")
                          .put("url", receiver.url("/hook"))
                          .put("events", new JsonArray().add("*"))))
              .getString("webhook_id");
      List<Future<JsonObject>> sent = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        sent.add(client.post("/api/events/batch", batch(i)));
      }
      await().until(() -> receiver.receipts().size() > 300);
      service.kill(withDatabase);
      for (Future<JsonObject> answer : sent) {
        settled(answer)
            .ifPresent(
                json ->
                    json.getJsonArray("events")
                        .forEach(e -> accepted.add(((JsonObject) e).getString("event_id"))));
      }
      client.close();
    }
    assertThat(accepted).isNotEmpty();

    try (ServiceProcess service = ServiceProcess.start(folder)) {
      FanfareClient client = service.client(vertx);
      String path = "/api/webhooks/" + webhook;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stats(client, path).getInteger("pending_deliveries") == 0);
      List<JsonObject> history = history(client, path);
      Set<String> delivered = new HashSet<>();
      for (JsonObject delivery : history) {
        assertThat(delivery.getString("status")).isEqualTo("success");
        assertThat(delivered.add(delivery.getString("event_id")))
            .as("one delivery for each event")
            .isTrue();
      }
      assertThat(delivered).containsAll(accepted);
      JsonObject stats = stats(client, path);
      assertThat(stats.getInteger("total_deliveries")).isEqualTo(history.size());
      assertThat(stats.getInteger("successful_deliveries")).isEqualTo(history.size());
      Set<String> arrived = new HashSet<>();
      receiver.receipts().forEach(receipt -> arrived.add(receipt.header("x-trae-delivery")));
      history.forEach(delivery -> assertThat(arrived).contains(delivery.getString("delivery_id")));
      client.close();
    }
  }

  private static Optional<JsonObject> settled(Future<JsonObject> answer) {
    try {
      return Optional.of(answer.await(30, TimeUnit.SECONDS));
    } catch (Exception cutOff) {
      // The process was killed before it answered: either way is right.
      return Optional.empty();
    }
  }

  private static JsonObject batch(int number) {
    JsonArray events = new JsonArray();
    for (int i = 0; i < BATCH; i++) {
      events.add(
          new JsonObject()
              .put("event", "build.started")
              .put("data", new JsonObject().put("batch", number).put("i", i)));
    }
    return new JsonObject().put("events", events);
  }

  private static JsonObject stats(FanfareClient client, String path) throws TimeoutException {
    return TestFanfare.await(client.get(path)).getJsonObject("stats");
  }

  private static List<JsonObject> history(FanfareClient client, String path)
      throws TimeoutException {
    List<JsonObject> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page = TestFanfare.await(client.get(path + "/deliveries?limit=100" + cursor));
      page.getJsonArray("deliveries").forEach(delivery -> all.add((JsonObject) delivery));
      String next = page.getJsonObject("pagination").getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return all;
  }
}
