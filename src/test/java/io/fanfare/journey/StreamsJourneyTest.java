package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.TestStream;
import io.fanfare.contract.ApiDescription;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of what happens: what they send, to whom, and what ends them. */
class StreamsJourneyTest {
  private TestFanfare fanfare;
  private TestReceiver receiver;
  private ApiCalls api;
  private ApiDescription description;
  private final List<TestStream> streams = new ArrayList<>();

  private void start(Map<String, String> environment) throws Exception {
    fanfare = TestFanfare.start(environment);
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    description = ApiDescription.load(fanfare.vertx());
  }

  @BeforeEach
  void forget() {
    streams.clear();
  }

  @AfterEach
  void stop() {
    streams.forEach(TestStream::close);
    receiver.close();
    fanfare.close();
  }

  private TestStream open(String path, String token) throws Exception {
    TestStream stream = TestStream.open(fanfare.port(), path, token);
    streams.add(stream);
    return stream;
  }

  private TestStream open(String path) throws Exception {
    return open(path, TestFanfare.TOKEN);
  }

  private String webhook(String path, JsonObject more) throws Exception {
    return fanfare.webhook(receiver.url(path), more).getString("webhook_id");
  }

  private void publish(String type, String project) {
    api.post(
        "/api/events",
        new JsonObject()
            .put("event", type)
            .put("project_id", project)
            .put("data", new JsonObject()));
  }

  private static JsonObject of(String project) {
    return new JsonObject().put("project_id", project);
  }

  @Test
  void sendsEachAttemptToWhomItConcerns() throws Exception {
    start(Map.of());
    receiver.answer("/bad", 500, "no");
    JsonObject twice = new JsonObject().put("max_attempts", 2).put("initial_delay", 1);
    String good = webhook("/good", of("p-one"));
    String bad = webhook("/bad", of("p-two").put("retry_policy", twice));
    TestStream all = open("/api/deliveries/stream");
    TestStream failed = open("/api/deliveries/stream?status=failed");
    TestStream retried = open("/api/deliveries/stream?status=pending&webhook_id=" + bad);
    TestStream logins = open("/api/deliveries/stream?event_type=user.login");
    TestStream own = open("/api/deliveries/stream", fanfare.key("viewer", "p-one"));
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.header("Content-Type")).isEqualTo("text/event-stream");

    publish("build.started", "p-one");
    publish("build.failed", "p-two");

    for (JsonObject entry : all.await("delivery", 3)) {
      assertThat(description.faultsOf("StreamedDelivery", entry)).as(entry.encode()).isEmpty();
    }
    JsonObject last = failed.await("delivery", 1).get(0);
    assertThat(last.getString("webhook_id")).isEqualTo(bad);
    assertThat(last.getInteger("attempt")).isEqualTo(2);
    assertThat(last.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    assertThat(last.getString("next_retry")).isNull();
    JsonObject first = retried.await("delivery", 1).get(0);
    assertThat(first.getInteger("attempt")).isEqualTo(1);
    assertThat(first.getString("next_retry")).isGreaterThan(first.getString("ended_at"));
    assertThat(own.await("delivery", 1).get(0).getString("webhook_id")).isEqualTo(good);
    publish("user.login", "p-one");
    assertThat(logins.await("delivery", 1)).hasSize(1);
    assertThat(own.await("delivery", 2)).hasSize(2);
    assertThat(failed.all("delivery")).hasSize(1);
    assertThat(retried.all("delivery")).hasSize(1);
  }

  @Test
  void sendsTheFiguresOfEachSecond() throws Exception {
    start(Map.of("FANFARE_DELIVERY_CIRCUIT_FAILURES", "3"));
    receiver.answer("/bad", 500, "no");
    JsonObject patient = new JsonObject().put("max_attempts", 20).put("initial_delay", 1);
    String bad = webhook("/bad", of("p-bad").put("retry_policy", patient));
    TestStream all = open("/api/overview/stream");
    TestStream other = open("/api/overview/stream", fanfare.key("viewer", "p-other"));
    all.await("overview", 1);
    publish("build.started", "p-bad");

    await()
        .until(
            () -> {
              List<JsonObject> moments = all.all("overview");
              JsonObject now = moments.get(moments.size() - 1);
              return now.getInteger("open_circuits") == 1
                  && Integer.valueOf(1).equals(now.getInteger("pending_deliveries"))
                  && now.getDouble("oldest_pending_seconds") != null
                  && now.getJsonArray("worst_webhooks").size() == 1;
            });
    List<JsonObject> moments = all.all("overview");
    for (JsonObject moment : moments) {
      assertThat(description.faultsOf("Moment", moment)).as(moment.encode()).isEmpty();
    }
    assertThat(moments.stream().mapToInt(moment -> moment.getInteger("events_per_second")).sum())
        .isEqualTo(1);
    JsonObject last = moments.get(moments.size() - 1);
    assertThat(last.getDouble("success_rate")).isZero();
    JsonObject worst = last.getJsonArray("worst_webhooks").getJsonObject(0);
    assertThat(worst.getString("webhook_id")).isEqualTo(bad);
    assertThat(worst.getString("circuit")).isEqualTo("open");
    assertThat(worst.getInteger("failed_attempts")).isEqualTo(3);
    JsonObject elsewhere = other.await("overview", 2).get(1);
    assertThat(description.faultsOf("Moment", elsewhere)).isEmpty();
    assertThat(elsewhere.getJsonArray("worst_webhooks")).isEmpty();
    assertThat(elsewhere.getInteger("open_circuits")).isZero();
    assertThat(elsewhere.getValue("events_per_second")).isNull();
  }

  @Test
  void saysHowMuchItDroppedForASlowClient() throws Exception {
    start(Map.of("FANFARE_LIVE_STREAM_QUEUE_MAX", "3"));
    webhook("/", of("p"));
    TestStream stream = open("/api/deliveries/stream");
    JsonArray events = new JsonArray();
    for (int i = 0; i < 400; i++) {
      events.add(of("p").put("event", "build.started").put("data", new JsonObject()));
    }
    api.post("/api/events/batch", new JsonObject().put("events", events));

    await()
        .until(
            () ->
                stream.all("delivery").size()
                        + stream.all("dropped").stream()
                            .mapToInt(told -> told.getInteger("dropped"))
                            .sum()
                    == 400);
    assertThat(stream.all("dropped")).isNotEmpty();
  }

  @Test
  void staysAliveWithoutNewsAndHasABound() throws Exception {
    start(Map.of("FANFARE_LIVE_HEARTBEAT", "100ms", "FANFARE_LIVE_STREAMS_MAX", "2"));
    TestStream first = open("/api/deliveries/stream");
    open("/api/overview/stream");
    first.awaitComment();
    TestStream third = open("/api/deliveries/stream");
    assertThat(third.status()).isEqualTo(503);
    assertThat(third.header("Retry-After")).isNotEmpty();

    first.close();
    await().until(() -> open("/api/deliveries/stream").status() == 200);
  }

  @Test
  void endsWithItsKeyAndWithTheService() throws Exception {
    start(Map.of());
    JsonObject key =
        api.post("/api/keys", new JsonObject().put("name", "k").put("role", "viewer")).json();
    TestStream revoked = open("/api/deliveries/stream", key.getString("token"));
    TestStream kept = open("/api/overview/stream");
    api.delete("/api/keys/" + key.getString("key_id"));

    assertThat(revoked.endsWithin(3)).isTrue();
    assertThat(revoked.all("end")).containsExactly(new JsonObject().put("reason", "key_revoked"));
    assertThat(kept.all("end")).isEmpty();
    fanfare.close();
    assertThat(kept.endsWithin(3)).isTrue();
    assertThat(kept.all("end")).containsExactly(new JsonObject().put("reason", "shutdown"));
    start(Map.of());
  }

  @Test
  void refusesWhoMayNotAndWhatItDoesNotKnow() throws Exception {
    start(Map.of());
    String theirs = webhook("/", of("p-theirs"));
    String publisher = fanfare.key("publisher", null);
    assertThat(api.as(publisher).get("/api/deliveries/stream").status()).isEqualTo(403);
    assertThat(api.as("wrong").get("/api/overview/stream").status()).isEqualTo(401);
    assertThat(
            api.as(fanfare.key("viewer", "p-mine"))
                .get("/api/deliveries/stream?webhook_id=" + theirs)
                .status())
        .isEqualTo(404);
    assertThat(
            api.get("/api/deliveries/stream?webhook_id=x&event_type=y&status=z&w=1").faultyFields())
        .containsExactlyInAnyOrder("webhook_id", "event_type", "status", "w");
    assertThat(api.get("/api/overview/stream?x=1").status()).isEqualTo(400);
    assertThat(api.post("/api/deliveries/stream", new JsonObject()).status()).isEqualTo(405);
  }
}
