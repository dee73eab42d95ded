package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient.RefusedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of deliveries when their webhook changes under them. */
class WebhookChangesJourneyTest {
  private static final JsonObject SLOW_RETRY =
      new JsonObject()
          .put(
              "retry_policy",
              new JsonObject()
                  .put("max_attempts", 5)
                  .put("backoff_strategy", "fixed")
                  .put("initial_delay", 700)
                  .put("max_delay", 700));

  private static TestFanfare fanfare;
  private static TestReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void pendingDeliveriesOfADeletedWebhookEndAndNoAttemptStarts() throws Exception {
    receiver.answer("/deleted", 500, "no");
    JsonObject webhook = webhook("/deleted", "p-deleted", SLOW_RETRY);
    String event = publish("p-deleted").getString("event_id");
    await().until(() -> receiver.receipts("/deleted").size() == 1);
    await(fanfare.client().delete(path(webhook)));
    int receipts = receiver.receipts("/deleted").size();

    await()
        .until(
            () -> {
              JsonObject delivery = deliveryOf(event);
              return delivery.getString("status").equals("failed")
                  && delivery.getString("error").equals("webhook deleted");
            });
    assertThat(receiver.receipts("/deleted")).hasSize(receipts);
    assertThatThrownBy(() -> await(fanfare.client().get(path(webhook))))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("404");
  }

  @Test
  void anAttemptOnItsWayEndsAndIsRecordedThoughTheWebhookIsDeleted() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    receiver.answer("/held", (request, body) -> held.add(request));
    JsonObject webhook = webhook("/held", "p-held", new JsonObject());
    String event = publish("p-held").getString("event_id");
    await().until(() -> !held.isEmpty());
    await(fanfare.client().delete(path(webhook)));
    held.remove().response().end("late");
    await().until(() -> deliveryOf(event).getString("status").equals("success"));
  }

  @Test
  void aPendingDeliveryUsesTheNewUrl() throws Exception {
    receiver.answer("/old", 500, "no");
    JsonObject webhook = webhook("/old", "p-moved", SLOW_RETRY);
    publish("p-moved");
    await().until(() -> receiver.receipts("/old").size() == 1);
    await(fanfare.client().put(path(webhook), new JsonObject().put("url", receiver.url("/new"))));
    await().until(() -> receiver.receipts("/new").size() == 1);
    assertThat(receiver.receipts("/new").get(0).body())
        .isEqualTo(receiver.receipts("/old").get(0).body());
  }

  @Test
  void pendingDeliveriesOfAnInactiveWebhookWaitAndGoOnLater() throws Exception {
    receiver.answer("/paused", 500, "no");
    JsonObject webhook = webhook("/paused", "p-paused", SLOW_RETRY);
    publish("p-paused");
    await().until(() -> receiver.receipts("/paused").size() == 1);
    await(fanfare.client().put(path(webhook), new JsonObject().put("active", false)));
    receiver.answer("/paused", 200, "yes");
    assertThat(publish("p-paused").getInteger("deliveries")).isZero();
    await(fanfare.client().put(path(webhook), new JsonObject().put("active", true)));
    await()
        .until(() -> read(webhook).getJsonObject("stats").getInteger("successful_deliveries") == 1);
    assertThat(receiver.receipts("/paused")).hasSize(2);
  }

  @Test
  void goneMakesTheWebhookInactive() throws Exception {
    receiver.answer("/gone", 410, "gone");
    JsonObject webhook = webhook("/gone", "p-gone", new JsonObject());
    publish("p-gone");
    await().until(() -> !read(webhook).getBoolean("active"));
    assertThat(read(webhook).getString("disabled_reason")).isEqualTo("gone");
    assertThat(read(webhook).getJsonObject("stats").getInteger("failed_deliveries")).isEqualTo(1);
  }

  @Test
  void aFailedDeliveryCanBeRedelivered() throws Exception {
    receiver.answer("/again", 404, "no");
    JsonObject webhook = webhook("/again", "p-again", new JsonObject());
    String event = publish("p-again").getString("event_id");
    await().until(() -> deliveryOf(event).getString("status").equals("failed"));
    String original = deliveryOf(event).getString("delivery_id");
    receiver.answer("/again", 200, "yes");
    JsonObject made =
        await(
            fanfare
                .client()
                .post(path(webhook) + "/deliveries/" + original + "/redeliver", new JsonObject()));
    assertThat(made.getString("original_delivery_id")).isEqualTo(original);
    await().until(() -> receiver.receipts("/again").size() == 2);
    assertThat(receiver.receipts("/again").get(1).header("x-trae-delivery"))
        .isEqualTo(made.getString("delivery_id"));
    await()
        .until(() -> read(webhook).getJsonObject("stats").getInteger("successful_deliveries") == 1);
  }

  @Test
  void aTestTellsWhatTheReceiverAnswered() throws Exception {
    receiver.answer("/tested", 503, "busy");
    JsonObject webhook = webhook("/tested", "p-tested", new JsonObject().put("active", false));
    JsonObject tested = await(fanfare.client().post(path(webhook) + "/test", new JsonObject()));
    assertThat(tested.getString("status")).isEqualTo("failed");
    assertThat(tested.getInteger("response_code")).isEqualTo(503);
    assertThat(tested.getString("response_body")).isEqualTo("busy");
    assertThat(tested.getString("error")).isEqualTo("HTTP 503: Service Unavailable");
    assertThat(receiver.receipts("/tested").get(0).body().toString())
        .contains("\"event\":\"test.ping\"")
        .endsWith("\"data\":{}}");
    assertThat(read(webhook).getJsonObject("stats").getInteger("total_deliveries")).isZero();
  }

  private static JsonObject webhook(String path, String project, JsonObject more)
      throws TimeoutException {
    return fanfare.webhook(receiver.url(path), more.copy().put("project_id", project));
  }

  private static JsonObject publish(String project) throws TimeoutException {
    return await(
        fanfare
            .client()
            .post(
                "/api/events",
                new JsonObject()
                    .put("event", "build.failed")
                    .put("project_id", project)
                    .put("data", new JsonObject())));
  }

  private static JsonObject deliveryOf(String event) throws TimeoutException {
    return await(fanfare.client().get("/api/events/" + event))
        .getJsonArray("deliveries")
        .getJsonObject(0);
  }

  private static JsonObject read(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get(path(webhook)));
  }

  private static String path(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }
}
