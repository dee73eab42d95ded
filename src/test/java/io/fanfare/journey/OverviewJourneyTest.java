package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.TestStream;
import io.fanfare.contract.DescribedCalls;
import io.fanfare.database.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The figures of the whole service: every range tells the same, and each project its own. */
class OverviewJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;
  private static DescribedCalls described;
  private static String bad;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_CIRCUIT_FAILURES", "3"));
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    described = DescribedCalls.of(fanfare);
    receiver.answer("/bad", 500, "no");
    receiver.answer("/refused", 404, "no");
    webhook("/good", "p-good", 1);
    webhook("/refused", "p-refused", 1);
    bad = webhook("/bad", "p-bad", 5);
    publish("p-good", 7);
    publish("p-refused", 2);
    publish("p-bad", 1);
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static String webhook(String path, String project, int attempts) throws Exception {
    JsonObject policy = new JsonObject().put("max_attempts", attempts).put("initial_delay", 1);
    return fanfare
        .webhook(
            receiver.url(path),
            new JsonObject().put("project_id", project).put("retry_policy", policy))
        .getString("webhook_id");
  }

  private static void publish(String project, int events) {
    for (int i = 0; i < events; i++) {
      api.post(
          "/api/events",
          new JsonObject()
              .put("event", "build.started")
              .put("project_id", project)
              .put("data", new JsonObject()));
    }
  }

  private static JsonObject total(String range) {
    return described.get("getOverview", "/api/overview?range=" + range).getJsonObject("total");
  }

  @Test
  void everyRangeTellsTheSame() {
    for (String range : new String[] {"1h", "24h", "7d", "30d"}) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                JsonObject total = total(range);
                return total.getInteger("events") == 10
                    && total.getInteger("delivered") == 7
                    && total.getInteger("failed") == 2;
              });
      JsonObject overview = described.get("getOverview", "/api/overview?range=" + range);
      assertThat(overview.getJsonObject("total").getDouble("success_rate")).isEqualTo(77.78);
      assertThat(overview.getJsonObject("total").getValue("p99_response_time")).isNotNull();
      int seconds = overview.getInteger("bucket_seconds");
      int buckets = overview.getJsonArray("buckets").size();
      Duration length =
          Map.of(
                  "1h", Duration.ofHours(1),
                  "24h", Duration.ofHours(24),
                  "7d", Duration.ofDays(7),
                  "30d", Duration.ofDays(30))
              .get(range);
      assertThat(Duration.ofSeconds((long) seconds * buckets)).isEqualTo(length);
      Instant start = Instant.parse(overview.getString("start_date"));
      Instant end = Instant.parse(overview.getString("end_date"));
      assertThat(Duration.between(start, end)).isBetween(length.minusSeconds(seconds), length);
      assertThat(overview.getJsonArray("worst_webhooks")).hasSize(1);
    }
  }

  @Test
  void tellsWhatWaitsAndWhoFails() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              JsonObject overview = described.get("getOverview", "/api/overview");
              return overview.getInteger("pending_deliveries") == 1
                  && overview.getJsonObject("open_circuits").getInteger("total") == 1;
            });
    JsonObject overview = described.get("getOverview", "/api/overview");
    assertThat(overview.getDouble("oldest_pending_seconds")).isNotNull();
    JsonObject open =
        overview.getJsonObject("open_circuits").getJsonArray("webhooks").getJsonObject(0);
    assertThat(open.getString("webhook_id")).isEqualTo(bad);
    assertThat(open.getString("next_probe_at")).isNotNull();
  }

  @Test
  void tellsAKeyOfAProjectItsOwnFigures() throws Exception {
    DescribedCalls own = described.as(fanfare.key("viewer", "p-refused"));
    for (String range : new String[] {"1h", "24h", "7d", "30d"}) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  own.get("getOverview", "/api/overview?range=" + range)
                          .getJsonObject("total")
                          .getInteger("failed")
                      == 2);
      JsonObject overview = own.get("getOverview", "/api/overview?range=" + range);
      assertThat(overview.getJsonObject("total").getInteger("events")).isEqualTo(2);
      assertThat(overview.getJsonObject("total").getInteger("delivered")).isZero();
      assertThat(overview.getInteger("pending_deliveries")).isZero();
      assertThat(overview.getJsonObject("open_circuits").getInteger("total")).isZero();
      assertThat(overview.getJsonArray("worst_webhooks")).hasSize(1);
    }
    JsonObject nothing =
        described.as(fanfare.key("viewer", "p-nobody")).get("getOverview", "/api/overview");
    assertThat(nothing.getJsonObject("total").getInteger("events")).isZero();
  }

  @Test
  void tellsTheFiguresOfAProjectToWhoAsksForThem() throws Exception {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                described
                        .get("getOverview", "/api/overview?project_id=p-refused")
                        .getJsonObject("total")
                        .getInteger("failed")
                    == 2);
    assertThat(
            described
                .get("getOverview", "/api/overview?project_id=p-good&range=1h")
                .getInteger("bucket_seconds"))
        .isEqualTo(3600);
    try (TestStream stream =
        TestStream.open(
            fanfare.port(), "/api/overview/stream?project_id=p-bad", TestFanfare.TOKEN)) {
      JsonObject moment = stream.await("overview", 1).get(0);
      assertThat(moment.getValue("events_per_second")).isNull();
      assertThat(moment.getInteger("pending_deliveries")).isEqualTo(1);
    }
    ApiCalls bound = api.as(fanfare.key("viewer", "p-good"));
    assertThat(bound.get("/api/overview?project_id=p-good").status()).isEqualTo(200);
    assertThat(bound.get("/api/overview?project_id=p-bad").status()).isEqualTo(403);
    assertThat(bound.get("/api/overview/stream?project_id=p-bad").status()).isEqualTo(403);
  }

  @Test
  void tellsTheSizesOfTheDatabaseToKeysOfNoProject() throws Exception {
    JsonObject storage = described.get("getStorage", "/api/storage");
    assertThat(storage.getString("outlook")).isEqualTo("external");
    assertThat(storage.getValue("free_bytes")).isNull();
    assertThat(storage.getInteger("retention_days")).isEqualTo(30);
    assertThat(storage.getJsonArray("days")).isNotEmpty();
    assertThat(api.as(fanfare.key("viewer", "p-one")).get("/api/storage").status()).isEqualTo(403);
    assertThat(api.get("/api/overview?range=2h").faultyFields()).containsExactly("range");
  }

  @Test
  void circuitsOfBeforeARestartAreKnown() throws Exception {
    String database = TestDatabase.url();
    Map<String, String> environment = Map.of("FANFARE_DELIVERY_CIRCUIT_FAILURES", "1");
    try (TestFanfare first = TestFanfare.start(database, environment)) {
      String webhook =
          first
              .webhook(
                  receiver.url("/bad"),
                  new JsonObject().put("retry_policy", new JsonObject().put("initial_delay", 1)))
              .getString("webhook_id");
      first.publish("build.started", new JsonObject());
      await()
          .until(
              () ->
                  first
                      .calls()
                      .get("/api/webhooks/" + webhook)
                      .json()
                      .getJsonObject("circuit")
                      .getString("state")
                      .equals("open"));
    }
    try (TestFanfare second = TestFanfare.start(database, environment)) {
      assertThat(
              second
                  .calls()
                  .get("/api/overview")
                  .json()
                  .getJsonObject("open_circuits")
                  .getInteger("total"))
          .isEqualTo(1);
      assertThat(second.calls().get("/metrics").text())
          .contains("fanfare_circuits{state=\"open\"} 1.0");
    }
  }
}
