package io.fanfare.journey;

import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * A webhook of a project with an ended delivery of an event of that project and a redelivery of
 * what failed, and a key of it.
 */
record Owned(String webhook, String delivery, String event, String redelivery, String key) {

  /**
   * Makes them.
   *
   * @param projectId null for none
   */
  static Owned by(TestFanfare fanfare, TestReceiver receiver, String projectId)
      throws TimeoutException {
    JsonObject ofProject = new JsonObject().put("project_id", projectId);
    String webhook =
        fanfare
            .webhook(
                receiver.url("/"), ofProject.copy().put("events", new JsonArray().add("build.*")))
            .getString("webhook_id");
    String key =
        fanfare
            .calls()
            .post("/api/keys", ofProject.copy().put("name", "theirs").put("role", "viewer"))
            .json()
            .getString("key_id");
    String event =
        fanfare
            .calls()
            .post(
                "/api/events",
                ofProject.copy().put("event", "build.started").put("data", new JsonObject()))
            .json()
            .getString("event_id");
    await().until(() -> deliveryOf(fanfare, event, webhook).getString("status").equals("success"));
    String delivery = deliveryOf(fanfare, event, webhook).getString("delivery_id");
    return new Owned(webhook, delivery, event, redeliveryOf(fanfare, webhook), key);
  }

  private static JsonObject deliveryOf(TestFanfare fanfare, String event, String webhook) {
    return fanfare.calls().get("/api/events/" + event).json().getJsonArray("deliveries").stream()
        .map(JsonObject.class::cast)
        .filter(delivery -> delivery.getString("webhook_id").equals(webhook))
        .findFirst()
        .orElseThrow();
  }

  private static String redeliveryOf(TestFanfare fanfare, String webhook) {
    String id =
        fanfare
            .calls()
            .post("/api/webhooks/" + webhook + "/deliveries/redeliver", new JsonObject())
            .json()
            .getString("redelivery_id");
    String path = "/api/webhooks/" + webhook + "/redeliveries/" + id;
    await().until(() -> fanfare.calls().get(path).json().getString("state").equals("done"));
    return id;
  }

  /** Its ids by the names that paths have for them. */
  Map<String, String> ids() {
    return Map.of(
        "webhook_id", webhook,
        "delivery_id", delivery,
        "event_id", event,
        "redelivery_id", redelivery,
        "key_id", key);
  }
}
