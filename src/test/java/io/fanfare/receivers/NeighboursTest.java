package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Exchange;
import io.fanfare.receivers.HostileReceiver.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Webhooks of one host: what hangs at one takes nothing from the others. */
class NeighboursTest {
  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_CONCURRENCY", "8"));
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void aHangingWebhookHoldsUpNobodyOfItsHost() throws Exception {
    receiver.on("/hanging", Exchange::hang);
    JsonObject patient = new JsonObject().put("timeout", 30).put("project_id", "shared");
    for (int i = 0; i < 4; i++) {
      fanfare.webhook(receiver.url("/hanging"), patient);
    }
    publish("shared", 50);
    await().until(() -> receiver.requests("/hanging").size() >= 16);

    JsonObject well = fanfare.webhook(receiver.url("/well"), patient);
    publish("shared", 100);
    await()
        .atMost(Duration.ofSeconds(8))
        .until(
            () ->
                await(fanfare.client().get("/api/webhooks/" + well.getString("webhook_id")))
                        .getJsonObject("stats")
                        .getInteger("successful_deliveries")
                    == 100);
    assertThat(receiver.requests("/well").stream().map(Request::bodyText).distinct()).hasSize(100);
    // Each of the four holds what it had at first: none was made to try more.
    assertThat(receiver.requests("/hanging").size()).isLessThanOrEqualTo(4 * 8);
  }

  @Test
  void everyHostilityAtOnceHoldsUpNobodyOfTheHost() throws Exception {
    receiver.on(Hostility.all());
    JsonObject often =
        new JsonObject()
            .put("timeout", 30)
            .put("project_id", "hostile")
            .put(
                "retry_policy",
                new JsonObject()
                    .put("max_attempts", 5)
                    .put("backoff_strategy", "fixed")
                    .put("initial_delay", 1)
                    .put("max_delay", 1));
    for (Hostility hostility : Hostility.all()) {
      fanfare.webhook(receiver.url(hostility.path()), often);
    }
    JsonObject well = fanfare.webhook(receiver.url("/fine"), often);
    publish("hostile", 5);
    for (Hostility hostility : Hostility.thatLast()) {
      await().until(() -> !receiver.requests(hostility.path()).isEmpty());
    }
    publish("hostile", 20);
    String path = "/api/webhooks/" + well.getString("webhook_id");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                await(fanfare.client().get(path))
                        .getJsonObject("stats")
                        .getInteger("successful_deliveries")
                    == 25);
    assertThat(
            await(fanfare.client().get(path + "/deliveries?limit=100")).getJsonArray("deliveries"))
        .allSatisfy(item -> assertThat(((JsonObject) item).getInteger("attempts")).isEqualTo(1));
    assertThat(receiver.requests("/fine")).hasSize(25);
  }

  private static void publish(String project, int events) throws TimeoutException {
    JsonArray all = new JsonArray();
    for (int i = 0; i < events; i++) {
      all.add(
          new JsonObject()
              .put("event", "build.started")
              .put("project_id", project)
              .put("data", new JsonObject().put("i", i)));
    }
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", all)));
  }
}
