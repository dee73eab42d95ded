package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Webhooks that change while others publish to them, and keys that many use at once. */
class WebhookRacesJourneyTest {
  private static final int PUBLISHES = 200;

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
  void noAttemptStartsAfterADeletionIsAnsweredWhoeverPublishes() throws Exception {
    JsonObject webhook = webhook("/deleted", "p-deleted");
    List<Future<JsonObject>> answers = publishing("p-deleted", PUBLISHES);
    await().until(() -> !receiver.receipts("/deleted").isEmpty());
    await(fanfare.client().delete(path(webhook)));
    List<Future<JsonObject>> late = publishing("p-deleted", 20);

    for (Future<JsonObject> answer : late) {
      assertThat(await(answer).getInteger("deliveries")).isZero();
    }
    int failed = 0;
    int accepted = 0;
    for (Future<JsonObject> answer : answers) {
      JsonObject published = await(answer);
      if (published.getInteger("deliveries") == 1) {
        accepted++;
        String event = published.getString("event_id");
        await()
            .pollDelay(Duration.ZERO)
            .until(() -> !deliveryOf(event).getString("status").equals("pending"));
        JsonObject delivery = deliveryOf(event);
        if (delivery.getString("status").equals("failed")) {
          failed++;
          assertThat(delivery.getString("error")).isEqualTo("webhook deleted");
        }
      }
    }
    assertThat(receiver.receipts("/deleted")).hasSize(accepted - failed);
  }

  @Test
  void everyAttemptAfterAnUpdateIsAnsweredUsesTheNewUrlAndSecret() throws Exception {
    JsonObject webhook = webhook("/before", "p-updated");
    List<Future<JsonObject>> answers = publishing("p-updated", PUBLISHES);
    await().until(() -> !receiver.receipts("/before").isEmpty());
    await(
        fanfare
            .client()
            .put(
                path(webhook),
                new JsonObject().put("url", receiver.url("/after")).put("secret", "new")));
    answers.addAll(publishing("p-updated", 20));
    for (Future<JsonObject> answer : answers) {
      assertThat(await(answer).getInteger("deliveries")).isEqualTo(1);
    }
    await()
        .until(
            () ->
                receiver.receipts("/before").size() + receiver.receipts("/after").size()
                    == PUBLISHES + 20);
    assertThat(receiver.receipts("/after")).hasSizeGreaterThanOrEqualTo(20);
    for (TestReceiver.Receipt receipt : receiver.receipts("/after")) {
      assertThat(receipt.header("x-trae-signature-256"))
          .isEqualTo("sha256=" + hmac("new", receipt.body().getBytes()));
    }
    for (TestReceiver.Receipt receipt : receiver.receipts("/before")) {
      assertThat(receipt.header("x-trae-signature-256"))
          .isEqualTo("sha256=" + hmac("old", receipt.body().getBytes()));
    }
  }

  @Test
  void whatTheOldUrlSaidDoesNotMakeTheNewOneInactive() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    receiver.answer("/moved-away", (request, body) -> held.add(request));
    JsonObject webhook = webhook("/moved-away", "p-gone");
    String event = await(publish("p-gone", 0)).getString("event_id");
    await().until(() -> !held.isEmpty());
    await(fanfare.client().put(path(webhook), new JsonObject().put("url", receiver.url("/moved"))));
    held.remove().response().setStatusCode(410).end();
    await().until(() -> deliveryOf(event).getString("status").equals("failed"));

    // The next one that says so is heard, so the first one has been by then.
    receiver.answer("/moved", 410, "gone");
    await(publish("p-gone", 1));
    await().until(() -> !receiver.receipts("/moved").isEmpty());
    await().until(() -> !await(fanfare.client().get(path(webhook))).getBoolean("active"));
  }

  @Test
  void oneKeyUsedByFiftyAtOnceMakesOneEvent() throws Exception {
    webhook("/keyed", "p-keyed");
    WebClient client = WebClient.create(fanfare.vertx());
    List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int body = i % 5 == 4 ? 2 : 1;
      answers.add(keyed(client, "one-for-all").sendBuffer(event("p-keyed", body).toBuffer()));
    }
    Set<String> events = new HashSet<>();
    int first = 0;
    int duplicates = 0;
    int conflicts = 0;
    for (Future<HttpResponse<Buffer>> future : answers) {
      HttpResponse<Buffer> answer = await(future);
      if (answer.statusCode() == 409) {
        conflicts++;
        assertThat(answer.bodyAsJsonObject().getString("error"))
            .isEqualTo("idempotency_key_reused");
      } else {
        assertThat(answer.statusCode()).isEqualTo(202);
        events.add(answer.bodyAsJsonObject().getString("event_id"));
        if (answer.bodyAsJsonObject().getBoolean("duplicate", false)) {
          duplicates++;
        } else {
          first++;
        }
      }
    }
    assertThat(events).hasSize(1);
    assertThat(first).isEqualTo(1);
    assertThat(conflicts).isIn(10, 40);
    assertThat(duplicates).isEqualTo(49 - conflicts);
    await().until(() -> receiver.receipts("/keyed").size() == 1);
    client.close();
  }

  private static HttpRequest<Buffer> keyed(WebClient client, String key) {
    return client
        .request(HttpMethod.POST, fanfare.port(), "127.0.0.1", "/api/events")
        .putHeader("Authorization", "Bearer " + TestFanfare.TOKEN)
        .putHeader("Content-Type", "application/json")
        .putHeader("Idempotency-Key", key);
  }

  private static List<Future<JsonObject>> publishing(String project, int events) {
    List<Future<JsonObject>> answers = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      answers.add(publish(project, i));
    }
    return answers;
  }

  private static Future<JsonObject> publish(String project, int n) {
    return fanfare.client().post("/api/events", event(project, n));
  }

  private static JsonObject event(String project, int n) {
    return new JsonObject()
        .put("event", "build.failed")
        .put("project_id", project)
        .put("data", new JsonObject().put("n", n));
  }

  private static JsonObject webhook(String path, String project) throws TimeoutException {
    return fanfare.webhook(
        receiver.url(path), new JsonObject().put("project_id", project).put("secret", "old"));
  }

  private static JsonObject deliveryOf(String event) throws TimeoutException {
    return await(fanfare.client().get("/api/events/" + event))
        .getJsonArray("deliveries")
        .getJsonObject(0);
  }

  private static String path(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }

  private static String hmac(String secret, byte[] body) throws Exception {
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(
        new javax.crypto.spec.SecretKeySpec(
            secret.getBytes(java.nio.charset.StandardCharsets.UTF_8), "HmacSHA256"));
    return java.util.HexFormat.of().formatHex(mac.doFinal(body));
  }
}
