package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A receiver that says 410 when its webhook has moved on already. */
class GoneTest {
  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start();
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void theOldUrlBeingGoneLeavesTheWebhookOfTheNewOneActive() throws Exception {
    AtomicBoolean moved = new AtomicBoolean();
    receiver.on(
        "/old",
        exchange -> {
          while (!moved.get()) {
            exchange.pause(Duration.ofMillis(5));
          }
          exchange.send("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n");
        });
    JsonObject webhook = fanfare.webhook(receiver.url("/old"), new JsonObject());
    String path = "/api/webhooks/" + webhook.getString("webhook_id");
    fanfare.publish("build.started", new JsonObject());
    await().until(() -> receiver.requests("/old").size() == 1);
    await(fanfare.client().put(path, new JsonObject().put("url", receiver.url("/new"))));
    moved.set(true);
    await()
        .until(
            () ->
                await(fanfare.client().get(path))
                        .getJsonObject("stats")
                        .getInteger("failed_deliveries")
                    == 1);
    // What follows a 410 is asked for before the next delivery is even accepted.
    fanfare.publish("build.started", new JsonObject());
    await().until(() -> receiver.requests("/new").size() == 1);
    assertThat(await(fanfare.client().get(path)).getBoolean("active")).isTrue();
  }
}
