package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Exchange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Probes of an open circuit: what they burn, and what becomes of one that hangs. */
class ProbesTest {
  private static final String DOWN = "HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n";
  private static final JsonObject PATIENT =
      new JsonObject()
          .put("timeout", 1)
          .put(
              "retry_policy",
              new JsonObject()
                  .put("max_attempts", 20)
                  .put("backoff_strategy", "fixed")
                  .put("initial_delay", 10)
                  .put("max_delay", 10));

  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare =
        TestFanfare.start(
            Map.of(
                "FANFARE_DELIVERY_CIRCUIT_OPEN", "200ms",
                "FANFARE_DELIVERY_CIRCUIT_OPEN_MAX", "400ms"));
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void aFailedProbeIsInTheLogAndBurnsNoAttempt() throws Exception {
    receiver.answer("/probed", DOWN);
    JsonObject webhook = webhook("/probed");
    publish("/probed", 1);
    await().until(() -> circuit(webhook).getString("state").equals("open"));
    assertThat(circuit(webhook).getInteger("consecutive_failures")).isEqualTo(10);
    // Ten attempts opened it, and ten are left; after twelve probes all ten still are.
    await().until(() -> receiver.requests("/probed").size() >= 13);
    receiver.answer("/probed", "HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n");
    await().until(() -> recent(webhook).getString("status").equals("failed"));

    JsonObject delivery = await(fanfare.client().get(path(webhook, recent(webhook))));
    List<JsonObject> log =
        delivery.getJsonArray("attempts_log").stream().map(JsonObject.class::cast).toList();
    assertThat(delivery.getInteger("attempts")).isEqualTo(log.size());
    assertThat(log.stream().map(attempt -> attempt.getInteger("attempt")))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, log.size()).boxed().toList());
    assertThat(log.subList(0, 10)).noneMatch(attempt -> attempt.containsKey("probe"));
    assertThat(log.subList(10, log.size()))
        .allMatch(attempt -> Boolean.TRUE.equals(attempt.getBoolean("probe")));
    assertThat(log).hasSize(receiver.requests("/probed").size());
    // A 404 is a sign of life.
    await().until(() -> circuit(webhook).getString("state").equals("closed"));
    assertThat(circuit(webhook).getValue("next_probe_at")).isNull();
  }

  @Test
  void aProbeThatHangsIsHalfOpenAndThenOpensItAgain() throws Exception {
    JsonObject webhook = openThenHang("/hanging");
    await().until(() -> circuit(webhook).getString("state").equals("half_open"));
    await().until(() -> circuit(webhook).getString("state").equals("open"));
    receiver.answer("/hanging", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    await().until(() -> stats(webhook).getInteger("successful_deliveries") == 10);
    assertThat(circuit(webhook).getString("state")).isEqualTo("closed");
  }

  @Test
  void theVerdictOfAProbeOfTheOldUrlDoesNotOpenTheCircuitOfTheNewOne() throws Exception {
    JsonObject webhook = openThenHang("/moved-away");
    await().until(() -> circuit(webhook).getString("state").equals("half_open"));
    await(
        fanfare
            .client()
            .put(path(webhook), new JsonObject().put("url", receiver.url("/moved-here"))));
    await().until(() -> receiver.cut("/moved-away") >= 1);
    await().until(() -> stats(webhook).getInteger("successful_deliveries") == 10);
    assertThat(circuit(webhook).getString("state")).isEqualTo("closed");
  }

  @Test
  void aWebhookCanBeDeletedWhileItsProbeHangs() throws Exception {
    receiver.answer("/deleted", DOWN);
    JsonObject webhook = webhook("/deleted");
    String event = publish("/deleted", 10);
    await().until(() -> circuit(webhook).getString("state").equals("open"));
    receiver.on("/deleted", Exchange::hang);
    await().until(() -> circuit(webhook).getString("state").equals("half_open"));
    await(fanfare.client().delete(path(webhook)));
    await()
        .until(
            () ->
                await(fanfare.client().get("/api/events/" + event))
                    .getJsonArray("deliveries")
                    .getJsonObject(0)
                    .getString("status")
                    .equals("failed"));
  }

  @Test
  void failuresInARowAreShownAndEndWithAnyAnswerThatIsNone() throws Exception {
    receiver.answer("/row", DOWN);
    JsonObject webhook =
        fanfare.webhook(
            receiver.url("/row"),
            new JsonObject()
                .put("project_id", "/row")
                .put("retry_policy", new JsonObject().put("max_attempts", 1)));
    publish("/row", 9);
    await().until(() -> circuit(webhook).getInteger("consecutive_failures") == 9);
    assertThat(circuit(webhook).getString("state")).isEqualTo("closed");
    receiver.answer("/row", "HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n");
    publish("/row", 1);
    await().until(() -> circuit(webhook).getInteger("consecutive_failures") == 0);
  }

  /** A webhook whose circuit is open, with ten deliveries, and whose next probe will hang. */
  private static JsonObject openThenHang(String path) throws TimeoutException {
    receiver.answer(path, DOWN);
    JsonObject webhook = webhook(path);
    publish(path, 10);
    await().until(() -> circuit(webhook).getString("state").equals("open"));
    receiver.on(path, Exchange::hang);
    return webhook;
  }

  private static JsonObject webhook(String path) throws TimeoutException {
    return fanfare.webhook(receiver.url(path), PATIENT.copy().put("project_id", path));
  }

  /** Publishes events of the project; answers the id of the first. */
  private static String publish(String project, int events) throws TimeoutException {
    JsonArray all = new JsonArray();
    for (int i = 0; i < events; i++) {
      all.add(
          new JsonObject()
              .put("event", "build.started")
              .put("project_id", project)
              .put("data", new JsonObject()));
    }
    return await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", all)))
        .getJsonArray("events")
        .getJsonObject(0)
        .getString("event_id");
  }

  private static JsonObject recent(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonArray("recent_deliveries").getJsonObject(0);
  }

  private static JsonObject circuit(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonObject("circuit");
  }

  private static JsonObject stats(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonObject("stats");
  }

  private static JsonObject read(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get(path(webhook)));
  }

  private static String path(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }

  private static String path(JsonObject webhook, JsonObject delivery) {
    return path(webhook) + "/deliveries/" + delivery.getString("delivery_id");
  }
}
