package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fanfare.TestFanfare;
import io.fanfare.event.EventPublisher;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code fanfare.events.publish}: the same as over REST, for verticles in the same Vert.x. */
class BusPublishingJourneyTest {
  private static final String ADDRESS = "fanfare.events.publish";
  private static final int DATA_MAX = 1 << 20;

  private static TestFanfare fanfare;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  private static JsonObject event() {
    return new JsonObject()
        .put("event", "build.started")
        .put("project_id", "p-bus")
        .put("timestamp", "2024-01-01T12:00:00+02:00")
        .put("data", new JsonObject().put("a", 1));
  }

  private static JsonObject request(JsonObject body, String key) throws TimeoutException {
    DeliveryOptions options = new DeliveryOptions();
    if (key != null) {
      options.addHeader("idempotency-key", key);
    }
    return await(
        fanfare
            .vertx()
            .eventBus()
            .<JsonObject>request(ADDRESS, body, options)
            .map(reply -> reply.body()));
  }

  private static int failureCode(JsonObject body, String key) {
    return catchThrowableOfType(ReplyException.class, () -> request(body, key)).failureCode();
  }

  @Test
  void aRequestIsAnsweredAsOverRest() throws Exception {
    JsonObject answer = request(event(), null);

    assertThat(answer.fieldNames())
        .containsExactlyInAnyOrder("event_id", "event", "project_id", "timestamp", "deliveries");
    assertThat(answer.getString("timestamp")).isEqualTo("2024-01-01T10:00:00Z");
    JsonObject kept = fanfare.calls().get("/api/events/" + answer.getString("event_id")).json();
    assertThat(kept.getJsonObject("data")).isEqualTo(event().getJsonObject("data"));
    assertThat(kept.getString("project_id")).isEqualTo("p-bus");
  }

  @Test
  void aBatchIsAnsweredInItsOrder() throws Exception {
    JsonObject other = event().put("event", "user.login");

    JsonArray events =
        request(new JsonObject().put("events", new JsonArray().add(event()).add(other)), null)
            .getJsonArray("events");

    assertThat(events.getJsonObject(0).getString("event")).isEqualTo("build.started");
    assertThat(events.getJsonObject(1).getString("event")).isEqualTo("user.login");
  }

  @Test
  void aRepeatedKeyGivesTheFirstAnswer() throws Exception {
    JsonObject first = request(event(), "bus-key");

    assertThat(request(event(), "bus-key")).isEqualTo(first.copy().put("duplicate", true));
    assertThat(failureCode(event().put("data", new JsonObject()), "bus-key")).isEqualTo(409);
  }

  @Test
  void theFailureCodeIsTheStatusOverRest() {
    JsonObject large = event().put("data", new JsonObject().put("x", "y".repeat(DATA_MAX - 7)));

    assertThat(failureCode(new JsonObject(), null)).isEqualTo(400);
    assertThat(failureCode(event().put("event", "nope"), null)).isEqualTo(400);
    assertThat(failureCode(event().put("unknown", 1), null)).isEqualTo(400);
    assertThat(failureCode(event(), "k".repeat(256))).isEqualTo(400);
    assertThat(failureCode(large, null)).isEqualTo(413);
  }

  @Test
  void thePublisherFailsWithTheSameCodes() {
    EventPublisher publisher = new EventPublisher(fanfare.vertx());
    String large = "{\"x\":\"" + "y".repeat(DATA_MAX) + "\"}";

    assertThat(failureCode(publisher, "nope", "{}")).isEqualTo(400);
    assertThat(failureCode(publisher, "build.started", "[]")).isEqualTo(400);
    assertThat(failureCode(publisher, "build.started", "{\"a\":1,\"a\":2}")).isEqualTo(400);
    assertThat(failureCode(publisher, "build.started", large)).isEqualTo(413);
  }

  private static int failureCode(EventPublisher publisher, String type, String data) {
    return catchThrowableOfType(
            ReplyException.class, () -> await(publisher.publish(type, Buffer.buffer(data))))
        .failureCode();
  }
}
