package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code POST …/redeliver}: which deliveries it takes, and what it makes of them. */
class RedeliveryJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  /** A webhook of a project of its own with one delivery. */
  private static String webhook(String path, int attempts, int delayMillis)
      throws TimeoutException {
    String project = "p" + path.replace('/', '-');
    JsonObject policy =
        new JsonObject().put("max_attempts", attempts).put("initial_delay", delayMillis);
    String webhook =
        "/api/webhooks/"
            + fanfare
                .webhook(
                    receiver.url(path),
                    new JsonObject().put("project_id", project).put("retry_policy", policy))
                .getString("webhook_id");
    api.post(
        "/api/events",
        new JsonObject()
            .put("event", "build.failed")
            .put("project_id", project)
            .put("data", new JsonObject()));
    return webhook;
  }

  private static JsonObject newest(String webhook) {
    return api.get(webhook + "/deliveries").json().getJsonArray("deliveries").getJsonObject(0);
  }

  private static JsonObject ended(String webhook, String status) {
    await().until(() -> newest(webhook).getString("status").equals(status));
    return newest(webhook);
  }

  private static Answer redeliver(String webhook, JsonObject delivery) {
    return api.call(
        "POST", webhook + "/deliveries/" + delivery.getString("delivery_id") + "/redeliver", null);
  }

  @Test
  void makesANewDeliveryOfTheSameEventWithTheWholePolicy() throws Exception {
    receiver.answer("/twice", 500, "no");
    String webhook = webhook("/twice", 2, 1);
    JsonObject failed = ended(webhook, "failed");

    Answer answer = redeliver(webhook, failed);

    assertThat(answer.status()).isEqualTo(202);
    JsonObject made = answer.json();
    assertThat(made.fieldNames())
        .containsExactlyInAnyOrder(
            "delivery_id",
            "original_delivery_id",
            "event_type",
            "status",
            "scheduled_at",
            "webhook_url");
    assertThat(made.getString("original_delivery_id")).isEqualTo(failed.getString("delivery_id"));
    assertThat(made.getString("status")).isEqualTo("pending");
    await().until(() -> newest(webhook).getInteger("attempts") == 2);
    JsonObject again = ended(webhook, "failed");
    assertThat(again.getString("delivery_id")).isEqualTo(made.getString("delivery_id"));
    assertThat(again.getString("event_id")).isEqualTo(failed.getString("event_id"));

    JsonObject third = redeliver(webhook, again).json();
    assertThat(third.getString("original_delivery_id")).isEqualTo(made.getString("delivery_id"));
    assertThat(redeliver(webhook, failed).json().getString("original_delivery_id"))
        .isEqualTo(failed.getString("delivery_id"));
  }

  @Test
  void takesASuccessfulDeliveryToo() throws Exception {
    String webhook = webhook("/fine", 1, 1);

    assertThat(redeliver(webhook, ended(webhook, "success")).status()).isEqualTo(202);
    await().until(() -> receiver.receipts("/fine").size() == 2);
  }

  @Test
  void isAConflictWhileTheDeliveryIsPending() throws Exception {
    receiver.answer("/waits", 503, "no");
    String webhook = webhook("/waits", 2, 60_000);
    await().until(() -> newest(webhook).getInteger("attempts") == 1);
    JsonObject pending = newest(webhook);
    assertThat(pending.getString("status")).isEqualTo("pending");
    assertThat(pending.getString("error")).isEqualTo("HTTP 503: Service Unavailable");
    assertThat(pending.getString("next_retry")).isGreaterThan(pending.getString("delivered_at"));

    Answer answer = redeliver(webhook, pending);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().getString("error")).isEqualTo("delivery_pending");
  }

  @Test
  void isAConflictWhileTheWebhookIsInactive() throws Exception {
    String webhook = webhook("/off", 1, 1);
    JsonObject delivery = ended(webhook, "success");
    api.put(webhook, new JsonObject().put("active", false));

    Answer refused = redeliver(webhook, delivery);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().getString("error")).isEqualTo("webhook_inactive");
    api.put(webhook, new JsonObject().put("active", true));
    assertThat(redeliver(webhook, delivery).status()).isEqualTo(202);
  }
}
