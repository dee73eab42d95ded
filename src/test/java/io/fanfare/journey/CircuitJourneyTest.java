package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.database.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A receiver that is down, one that comes back, and those beside it. */
class CircuitJourneyTest {
  private static final Map<String, String> FAST =
      Map.of(
          "FANFARE_DELIVERY_CIRCUIT_OPEN", "300ms",
          "FANFARE_DELIVERY_CIRCUIT_OPEN_MAX", "600ms");
  private static final JsonObject PATIENT =
      new JsonObject()
          .put(
              "retry_policy",
              new JsonObject()
                  .put("max_attempts", 20)
                  .put("backoff_strategy", "fixed")
                  .put("initial_delay", 20)
                  .put("max_delay", 20));

  private String database;
  private TestFanfare fanfare;
  private TestReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException {
    database = TestDatabase.url();
    fanfare = TestFanfare.start(database, FAST);
    receiver = TestReceiver.start(fanfare.vertx());
  }

  @AfterEach
  void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void opensForADeadReceiverBurnsNothingAndDrainsWhenItIsBack() throws Exception {
    receiver.answer("/down", 500, "down");
    JsonObject down = fanfare.webhook(receiver.url("/down"), PATIENT);
    JsonObject up = fanfare.webhook(receiver.url("/up"), PATIENT);
    publish(300);

    await().until(() -> circuit(down).equals("open"));
    await().until(() -> stats(up).getInteger("successful_deliveries") == 300);
    int attemptsNow = attempts(down);
    int receiptsNow = receiver.receipts("/down").size();
    await().until(() -> receiver.receipts("/down").size() >= receiptsNow + 2);
    // What arrives while it is open are probes, one at a time.
    assertThat(attempts(down) - attemptsNow).isLessThanOrEqualTo(4);
    assertThat(stats(down).getInteger("pending_deliveries")).isEqualTo(300);

    receiver.answer("/down", 200, "up");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stats(down).getInteger("successful_deliveries") == 300);
    assertThat(circuit(down)).isEqualTo("closed");
  }

  @Test
  void staysOpenOverARestart() throws Exception {
    receiver.answer("/down", 500, "down");
    JsonObject down = fanfare.webhook(receiver.url("/down"), PATIENT);
    publish(50);
    await().until(() -> circuit(down).equals("open"));
    fanfare.close();
    int receipts = receiver.receipts("/down").size();

    fanfare = TestFanfare.start(database, FAST);
    receiver = TestReceiver.start(fanfare.vertx());
    receiver.answer("/down", 500, "down");
    JsonObject moved = new JsonObject().put("url", receiver.url("/down"));
    assertThat(circuit(down)).isNotEqualTo("closed");
    assertThat(receipts).isGreaterThanOrEqualTo(10);
    receiver.answer("/down", 200, "up");
    // A new URL closes the circuit, and what waits goes there.
    await(fanfare.client().put("/api/webhooks/" + down.getString("webhook_id"), moved));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> stats(down).getInteger("successful_deliveries") == 50);
  }

  @Test
  void anAcceptedTestClosesIt() throws Exception {
    receiver.answer("/down", 500, "down");
    JsonObject down = fanfare.webhook(receiver.url("/down"), PATIENT);
    publish(20);
    await().until(() -> circuit(down).equals("open"));
    receiver.answer("/down", 200, "up");
    JsonObject tested =
        await(
            fanfare
                .client()
                .post("/api/webhooks/" + down.getString("webhook_id") + "/test", new JsonObject()));
    assertThat(tested.getString("status")).isEqualTo("success");
    await().until(() -> stats(down).getInteger("successful_deliveries") == 20);
  }

  private void publish(int events) throws TimeoutException {
    JsonArray array = new JsonArray();
    for (int i = 0; i < events; i++) {
      array.add(
          new JsonObject().put("event", "build.started").put("data", new JsonObject().put("i", i)));
    }
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", array)));
  }

  private int attempts(JsonObject webhook) throws TimeoutException {
    JsonObject page =
        await(
            fanfare
                .client()
                .get(
                    "/api/webhooks/"
                        + webhook.getString("webhook_id")
                        + "/deliveries?status=pending&limit=100"));
    return page.getJsonArray("deliveries").stream()
        .mapToInt(delivery -> ((JsonObject) delivery).getInteger("attempts"))
        .sum();
  }

  private JsonObject stats(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonObject("stats");
  }

  private String circuit(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonObject("circuit").getString("state");
  }

  private JsonObject read(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")));
  }
}
