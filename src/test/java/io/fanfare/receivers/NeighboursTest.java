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
