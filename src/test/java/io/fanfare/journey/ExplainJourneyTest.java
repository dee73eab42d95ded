package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.DescribedCalls;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Explanations: who got an event and who did not, and where each delivery is and why. */
class ExplainJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;
  private static DescribedCalls described;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_CIRCUIT_FAILURES", "3"));
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    described = DescribedCalls.of(fanfare);
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static JsonObject of(String project) {
    return new JsonObject().put("project_id", project);
  }

  private static String webhook(String path, JsonObject more) throws Exception {
    return fanfare.webhook(receiver.url(path), more).getString("webhook_id");
  }

  private static String publish(String type, String project) {
    JsonObject event = of(project).put("event", type).put("data", new JsonObject());
    return api.post("/api/events", event).json().getString("event_id");
  }

  private static JsonObject explained(String event, String more) {
    return described.get("explainEvent", "/api/events/" + event + "/explain" + more);
  }

  private static List<JsonObject> webhooks(JsonObject answer) {
    return answer.getJsonArray("webhooks").stream().map(JsonObject.class::cast).toList();
  }

  /** The delivery of the only webhook that matched. */
  private static JsonObject delivery(String event) {
    JsonObject webhook = webhooks(explained(event, "?match=matched")).get(0);
    JsonObject delivery = webhook.getJsonObject("delivery");
    return described.get(
        "explainDelivery", "/api/deliveries/" + delivery.getString("delivery_id") + "/explain");
  }

  private static JsonObject awaitState(String event, String state) {
    await().until(() -> delivery(event).getString("state").equals(state));
    return delivery(event);
  }

  @Test
  void saysOfEachWebhookWhyItMatchedOrNot() throws Exception {
    String builds = webhook("/builds", of("p-why").put("events", new JsonArray().add("build.*")));
    String files = webhook("/files", of("p-why").put("events", new JsonArray().add("file.*")));
    String off = webhook("/off", of("p-why").put("active", false));
    String other = webhook("/other", of("p-else"));
    String deleted = webhook("/deleted", of("p-why"));
    api.delete("/api/webhooks/" + deleted);
    String switched = webhook("/switched", of("p-why").put("active", false));
    String event = publish("build.started", "p-why");
    api.put("/api/webhooks/" + switched, new JsonObject().put("active", true));
    String later = webhook("/later", of("p-why"));

    JsonObject answer = explained(event, "?limit=100");

    Map<String, String> expected =
        Map.of(
            builds, "matched",
            files, "event_type",
            off, "inactive",
            other, "other_project",
            deleted, "deleted",
            switched, "changed",
            later, "created_later");
    for (JsonObject webhook : webhooks(answer)) {
      String match = expected.get(webhook.getString("webhook_id"));
      if (match != null) {
        assertThat(webhook.getString("match")).as(webhook.encode()).isEqualTo(match);
      }
      assertThat(webhook.getJsonObject("delivery") != null)
          .isEqualTo(webhook.getString("match").equals("matched"));
    }
    assertThat(webhooks(answer).stream().map(webhook -> webhook.getString("webhook_id")))
        .containsAll(expected.keySet());

    // A key of the project sees that project's webhooks only.
    JsonObject own =
        described
            .as(fanfare.key("viewer", "p-why"))
            .get("explainEvent", "/api/events/" + event + "/explain?limit=100");
    assertThat(own.getInteger("total")).isEqualTo(6);
    assertThat(own.getJsonObject("counts"))
        .isEqualTo(
            new JsonObject()
                .put("matched", 1)
                .put("inactive", 1)
                .put("changed", 1)
                .put("event_type", 1)
                .put("other_project", 0)
                .put("created_later", 1)
                .put("deleted", 1));
  }

  @Test
  void pagesThroughManyWebhooksAndCountsThemAll() throws Exception {
    JsonObject files = of("p-many").put("events", new JsonArray().add("file.*"));
    for (int i = 0; i < 7; i++) {
      webhook("/many", i < 3 ? of("p-many") : files);
    }
    String event = publish("build.started", "p-many");
    DescribedCalls own = described.as(fanfare.key("viewer", "p-many"));
    List<String> matches = new CopyOnWriteArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject part =
          own.get("explainEvent", "/api/events/" + event + "/explain?limit=2&cursor=" + cursor);
      assertThat(part.getInteger("total")).isEqualTo(7);
      assertThat(webhooks(part)).hasSizeLessThanOrEqualTo(2);
      webhooks(part).forEach(webhook -> matches.add(webhook.getString("match")));
      cursor = part.getJsonObject("pagination").getString("next_cursor");
    }
    assertThat(matches)
        .containsExactly(
            "matched",
            "matched",
            "matched",
            "event_type",
            "event_type",
            "event_type",
            "event_type");
    JsonObject onlyFiles =
        own.get("explainEvent", "/api/events/" + event + "/explain?match=event_type");
    assertThat(onlyFiles.getInteger("total")).isEqualTo(4);
    assertThat(onlyFiles.getJsonObject("counts").getInteger("matched")).isEqualTo(3);
    assertThat(api.get("/api/events/" + event + "/explain?cursor=x&match=y").faultyFields())
        .containsExactlyInAnyOrder("cursor", "match");
  }

  @Test
  void tellsOfAnAcceptedOneAndOfItsRedelivery() throws Exception {
    webhook("/well", of("p-well"));
    JsonObject first = awaitState(publish("build.started", "p-well"), "success");

    assertThat(first.getString("reason")).isEqualTo("accepted");
    assertThat(first.getJsonArray("attempts_log")).hasSize(1);
    assertThat(first.getJsonObject("next").getString("action")).isEqualTo("none");
    String id = first.getString("delivery_id");
    String again =
        api.call(
                "POST",
                "/api/webhooks/"
                    + first.getString("webhook_id")
                    + "/deliveries/"
                    + id
                    + "/redeliver",
                null)
            .json()
            .getString("delivery_id");
    assertThat(
            described
                .get("explainDelivery", "/api/deliveries/" + id + "/explain")
                .getJsonArray("redelivered_as"))
        .containsExactly(again);
    assertThat(
            described
                .get("explainDelivery", "/api/deliveries/" + again + "/explain")
                .getString("redelivery_of"))
        .isEqualTo(id);
  }

  @Test
  void tellsWhyADeliveryFailedForGood() throws Exception {
    receiver.answer("/used-up", 500, "no");
    receiver.answer("/refused", 404, "no");
    receiver.answer("/gone", 410, "no");
    JsonObject twice = new JsonObject().put("max_attempts", 2).put("initial_delay", 1);
    Map<String, String> reasons =
        Map.of("/used-up", "attempts_used_up", "/refused", "not_retried", "/gone", "gone");
    for (Map.Entry<String, String> reason : reasons.entrySet()) {
      String project = "p" + reason.getKey().replace('/', '-');
      webhook(reason.getKey(), of(project).put("retry_policy", twice));
      JsonObject failed = awaitState(publish("build.started", project), "failed");
      assertThat(failed.getString("reason")).as(reason.getKey()).isEqualTo(reason.getValue());
      assertThat(failed.getJsonArray("blocked_by")).isEmpty();
      assertThat(failed.getString("expires_at")).isNull();
    }
  }

  @Test
  void tellsTheBackoffAndTheReceiversOwnWish() throws Exception {
    receiver.answer("/backoff", 500, "no");
    receiver.answer(
        "/asked",
        (request, body) ->
            request.response().setStatusCode(503).putHeader("Retry-After", "600").end());
    JsonObject slow = new JsonObject().put("initial_delay", 60_000);
    webhook("/backoff", of("p-backoff").put("retry_policy", slow));
    webhook("/asked", of("p-asked").put("retry_policy", slow));

    JsonObject waiting = awaitState(publish("build.started", "p-backoff"), "waiting");
    assertThat(waiting.getString("reason")).isEqualTo("backoff");
    Instant next = Instant.parse(waiting.getJsonObject("next").getString("at"));
    Instant ended = Instant.parse(waiting.getString("ended_at"));
    assertThat(Duration.between(ended, next))
        .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(67));

    JsonObject asked = awaitState(publish("build.started", "p-asked"), "waiting");
    assertThat(asked.getString("reason")).isEqualTo("retry_after");
    assertThat(asked.getJsonArray("attempts_log").getJsonObject(0).getString("retry_after"))
        .isEqualTo("600");
  }

  @Test
  void tellsOfAnOpenCircuitAndOfAnInactiveWebhook() throws Exception {
    receiver.answer("/down", 503, "no");
    JsonObject patient = new JsonObject().put("initial_delay", 1).put("max_attempts", 20);
    String webhook = webhook("/down", of("p-down").put("retry_policy", patient));
    String event = publish("build.started", "p-down");

    JsonObject blocked = awaitState(event, "blocked");
    assertThat(blocked.getString("reason")).isEqualTo("circuit_open");
    assertThat(blocked.getJsonObject("circuit").getInteger("consecutive_failures")).isEqualTo(3);
    assertThat(blocked.getJsonObject("next").getString("action")).isEqualTo("probe");
    assertThat(blocked.getJsonObject("next").getString("at"))
        .isEqualTo(blocked.getJsonObject("circuit").getString("next_probe_at"));
    assertThat(blocked.getJsonArray("attempts_log")).hasSize(3);

    api.put("/api/webhooks/" + webhook, new JsonObject().put("active", false));
    JsonObject inactive = delivery(event);
    assertThat(inactive.getString("reason")).isEqualTo("webhook_inactive");
    assertThat(inactive.getJsonObject("next").getString("at")).isNull();

    api.delete("/api/webhooks/" + webhook);
    JsonObject deleted = awaitState(event, "failed");
    assertThat(deleted.getString("reason")).isEqualTo("webhook_deleted");
  }

  @Test
  void tellsWhatIsOnItsWayAndWhatWaitsBehindIt() throws Exception {
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    receiver.answer("/held", (request, body) -> held.add(request));
    webhook("/held", of("p-held"));
    String first = publish("build.started", "p-held");
    await().until(() -> !held.isEmpty());
    assertThat(delivery(first).getString("state")).isEqualTo("in_flight");
    List<String> later = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 60; i++) {
      later.add(publish("build.started", "p-held"));
    }

    JsonObject last = delivery(later.get(59));

    assertThat(last.getString("state")).isEqualTo("queued");
    assertThat(last.getJsonObject("queue").getInteger("ahead")).isPositive();
    assertThat(last.getJsonObject("queue").getInteger("in_flight")).isPositive();
    receiver.answer("/held", 200, "OK");
    held.forEach(request -> request.response().end("OK"));
    awaitState(later.get(59), "success");
  }

  @Test
  void tellsOfATestWhateverOthersAskFor() throws Exception {
    String webhook = webhook("/tested", of("p-tested"));
    webhook("/untested", of("p-tested"));
    receiver.answer("/tested", 500, "no");
    String delivery =
        api.call("POST", "/api/webhooks/" + webhook + "/test", null)
            .json()
            .getString("delivery_id");
    JsonObject failed =
        described.get("explainDelivery", "/api/deliveries/" + delivery + "/explain");
    assertThat(failed.getString("reason")).isEqualTo("test");
    JsonObject event = explained(failed.getString("event_id"), "");
    assertThat(event.getBoolean("test")).isTrue();
    assertThat(event.getInteger("total")).isEqualTo(1);
  }

  @Test
  void hidesWhatIsOfAnotherProject() throws Exception {
    webhook("/hidden", of("p-hidden"));
    String event = publish("build.started", "p-hidden");
    JsonObject made = awaitState(event, "success");
    ApiCalls mine = api.as(fanfare.key("manager", "p-mine"));
    String path = "/api/deliveries/" + made.getString("delivery_id") + "/explain";
    assertThat(mine.get(path).status()).isEqualTo(404);
    assertThat(mine.get(path).text())
        .isEqualTo(mine.get("/api/deliveries/del_00000000000000000000000000/explain").text());
    assertThat(api.as(fanfare.key("publisher", null)).get(path).status()).isEqualTo(403);
    assertThat(api.get(path + "?x=1").faultyFields()).containsExactly("x");
  }
}
