package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.event.EventPublisher;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job from outside: register, publish, receive, look at what was recorded. */
class DeliveryJourneyTest {
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
  void aPublishedEventArrivesSignedAndIsRecorded() throws Exception {
    JsonObject webhook = only("/one", "p-one", new JsonObject().put("secret", "s3cret"));
    JsonObject published = publish("p-one", "{\"build_id\":\"b1\",\"n\":1.10}");
    assertThat(published.getInteger("deliveries")).isEqualTo(1);

    await().until(() -> receiver.receipts("/one").size() == 1);
    TestReceiver.Receipt receipt = receiver.receipts("/one").get(0);
    assertThat(receipt.body().toString())
        .startsWith("{\"event\":\"build.completed\",\"timestamp\":\"")
        .contains("\"webhook_id\":\"" + webhook.getString("webhook_id") + "\"")
        .contains("\"delivery_id\":\"" + receipt.header("x-trae-delivery") + "\"")
        .endsWith(",\"data\":{\"build_id\":\"b1\",\"n\":1.10}}");
    assertThat(receipt.header("user-agent")).isEqualTo("Trae-Webhooks/1.0");
    assertThat(receipt.header("content-type")).isEqualTo("application/json");
    assertThat(receipt.header("x-trae-event")).isEqualTo("build.completed");
    assertThat(receipt.header("webhook-id")).isEqualTo(receipt.header("x-trae-delivery"));
    await().until(() -> stats(webhook).getInteger("successful_deliveries") == 1);
  }

  @Test
  void aFailedDeliveryIsRetriedUntilItArrives() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    receiver.answer(
        "/flaky",
        (request, body) ->
            request.response().setStatusCode(requests.incrementAndGet() < 3 ? 500 : 200).end());
    JsonObject policy =
        new JsonObject()
            .put("max_attempts", 5)
            .put("backoff_strategy", "fixed")
            .put("initial_delay", 50)
            .put("max_delay", 50);
    JsonObject webhook = only("/flaky", "p-flaky", new JsonObject().put("retry_policy", policy));
    publish("p-flaky", "{}");
    await().until(() -> stats(webhook).getInteger("successful_deliveries") == 1);
    assertThat(receiver.receipts("/flaky")).hasSize(3);
    assertThat(receiver.receipts("/flaky").stream().map(TestReceiver.Receipt::body).distinct())
        .hasSize(1);
  }

  @Test
  void anEventPublishedOverTheBusArrivesByteForByte() throws Exception {
    only("/bus", "p-bus", new JsonObject());
    String data = "{ \"z\" : 1e400,\t\"a\":\"\\u0000\\ud800 构建✅\" }";
    EventPublisher publisher = new EventPublisher(fanfare.vertx());
    JsonObject answer =
        await(publisher.publish("build.failed", Buffer.buffer(data), "p-bus", null, null));
    assertThat(answer.getInteger("deliveries")).isEqualTo(1);
    await().until(() -> receiver.receipts("/bus").size() == 1);
    assertThat(receiver.receipts("/bus").get(0).body().toString())
        .endsWith(",\"data\":" + data + "}");
  }

  @Test
  void theSameIdempotencyKeyGivesTheSameEvent() throws Exception {
    only("/idem", "p-idem", new JsonObject());
    EventPublisher publisher = new EventPublisher(fanfare.vertx());
    Buffer data = Buffer.buffer("{\"a\":1}");
    JsonObject first = await(publisher.publish("build.failed", data, "p-idem", null, "key-1"));
    JsonObject again = await(publisher.publish("build.failed", data, "p-idem", null, "key-1"));
    assertThat(again.getString("event_id")).isEqualTo(first.getString("event_id"));
    assertThat(again.getBoolean("duplicate")).isTrue();
    publish("p-idem", "{\"last\":1}");
    await().until(() -> receiver.receipts("/idem").size() == 2);
  }

  @Test
  void aDeliveryWithoutPermitWaitsInTheDatabaseAndArrivesToo() throws Exception {
    JsonObject webhook = only("/burst", "p-burst", new JsonObject());
    JsonArray events = new JsonArray();
    for (int i = 0; i < 1000; i++) {
      events.add(
          new JsonObject()
              .put("event", "build.started")
              .put("project_id", "p-burst")
              .put("data", new JsonObject().put("i", i)));
    }
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));
    await().until(() -> stats(webhook).getInteger("successful_deliveries") == 1000);
    assertThat(receiver.receipts("/burst")).hasSize(1000);
  }

  @Test
  void theBudgetForUncommittedBytesComesBackWithEveryAnswer() throws Exception {
    String text = "x".repeat(900_000);
    // More than ingest.uncommitted_bytes_max in all, one after the other.
    for (int i = 0; i < 80; i++) {
      assertThat(publish("p-nobody", "{\"text\":\"" + text + "\"}").getInteger("deliveries"))
          .isZero();
    }
  }

  private static JsonObject only(String path, String project, JsonObject more)
      throws TimeoutException {
    return fanfare.webhook(receiver.url(path), more.copy().put("project_id", project));
  }

  private static JsonObject publish(String project, String data) throws TimeoutException {
    return await(
        fanfare
            .client()
            .post(
                "/api/events",
                Buffer.buffer(
                    "{\"event\":\"build.completed\",\"project_id\":\""
                        + project
                        + "\",\"data\":"
                        + data
                        + "}")));
  }

  private static JsonObject stats(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")))
        .getJsonObject("stats");
  }
}
