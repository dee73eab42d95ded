package io.fanfare.dashboard;

import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A service in which something of every kind has happened. */
final class SampleInstallation implements AutoCloseable {
  private final TestFanfare fanfare;
  private final TestReceiver receiver;
  private String failing = "";

  private SampleInstallation(TestFanfare fanfare, TestReceiver receiver) {
    this.fanfare = fanfare;
    this.receiver = receiver;
  }

  static SampleInstallation start() throws Exception {
    TestFanfare fanfare =
        TestFanfare.start(
            Map.of(
                "FANFARE_DELIVERY_CIRCUIT_FAILURES", "10",
                "FANFARE_DELIVERY_CIRCUIT_OPEN", "10m"));
    SampleInstallation sample =
        new SampleInstallation(fanfare, TestReceiver.start(fanfare.vertx()));
    sample.fill();
    return sample;
  }

  private void fill() throws Exception {
    AtomicInteger count = new AtomicInteger();
    receiver.answer(
        "/mostly",
        (request, body) ->
            request
                .response()
                .setStatusCode(count.incrementAndGet() % 7 == 0 ? 422 : 200)
                .end("{\"status\":\"queued\",\"position\":" + count.get() + "}"));
    receiver.answer("/down", 503, "<h1>503 Service Unavailable</h1>");
    webhook("CI notifications", "/mostly", "build.*", "deployment.*");
    webhook("Search index", "/index", "file.*", "project.*", "build.completed");
    webhook("Audit log", "/audit", "*");
    String idle = webhook("Staging (paused)", "/idle", "*");
    TestFanfare.await(
        fanfare.client().put("/api/webhooks/" + idle, new JsonObject().put("active", false)));
    failing = webhook("Billing sync with a name that is longer than most", "/down", "build.*");
    // Those of the first round fail for good, those after it find the circuit open.
    publishSome();
    await().until(() -> deliveries("failed").size() == 3);
    for (int i = 0; i < 4; i++) {
      publishSome();
    }
    await().until(() -> circuit().equals("open"));
    await().until(() -> !deliveries("pending").isEmpty());
  }

  private String webhook(String name, String path, String... events) throws Exception {
    return fanfare
        .webhook(
            receiver.url(path),
            new JsonObject()
                .put("name", name)
                .put("description", "Tells " + name + " what happens.")
                .put("events", new JsonArray(List.of(events)))
                .put("headers", new JsonObject().put("X-Environment", "production"))
                .put(
                    "retry_policy",
                    new JsonObject().put("max_attempts", 3).put("initial_delay", 20)))
        .getString("webhook_id");
  }

  /** Publishes a few events of several types. */
  void publishSome() throws Exception {
    JsonArray events = new JsonArray();
    for (String type :
        List.of("build.started", "build.completed", "build.failed", "file.updated", "user.login")) {
      events.add(
          new JsonObject()
              .put("event", type)
              .put("project_id", "proj_123")
              .put(
                  "data",
                  new JsonObject()
                      .put("build_id", "build_123")
                      .put("project_name", "My Project")
                      .put("author", new JsonObject().put("name", "Alice").put("id", 7))
                      .put("tags", new JsonArray().add("main").add("nightly"))));
    }
    TestFanfare.await(
        fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));
  }

  int port() {
    return fanfare.port();
  }

  /** The id of the webhook whose circuit is open. */
  String failing() {
    return failing;
  }

  /** The id of a delivery of it that has failed. */
  String failed() throws Exception {
    return deliveries("failed").get(0);
  }

  /** The id of a delivery of it that waits. */
  String waiting() throws Exception {
    return deliveries("pending").get(0);
  }

  /** The id of the newest event. */
  String event() throws Exception {
    return TestFanfare.await(fanfare.client().get("/api/events?event_type=build.failed"))
        .getJsonArray("events")
        .getJsonObject(0)
        .getString("event_id");
  }

  private String circuit() throws Exception {
    return TestFanfare.await(fanfare.client().get("/api/webhooks/" + failing))
        .getJsonObject("circuit")
        .getString("state");
  }

  private List<String> deliveries(String status) throws Exception {
    return TestFanfare.await(
            fanfare.client().get("/api/webhooks/" + failing + "/deliveries?status=" + status))
        .getJsonArray("deliveries")
        .stream()
        .map(delivery -> ((JsonObject) delivery).getString("delivery_id"))
        .toList();
  }

  @Override
  public void close() {
    receiver.close();
    fanfare.close();
  }
}
