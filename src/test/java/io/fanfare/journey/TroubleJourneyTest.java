package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.DescribedCalls;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What troubles a webhook: its failures by cause, and when its circuit opened and closed. */
class TroubleJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;
  private static DescribedCalls described;

  @BeforeAll
  static void start() throws Exception {
    fanfare =
        TestFanfare.start(
            Map.of(
                "FANFARE_DELIVERY_CIRCUIT_FAILURES", "3",
                "FANFARE_DELIVERY_CIRCUIT_OPEN", "1s",
                "FANFARE_DELIVERY_CIRCUIT_OPEN_MAX", "1s"));
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    described = DescribedCalls.of(fanfare);
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static String webhook(String url, String project, JsonObject more) throws Exception {
    return "/api/webhooks/"
        + fanfare
            .webhook(url, new JsonObject().put("project_id", project).mergeIn(more))
            .getString("webhook_id");
  }

  private static String publish(String project) {
    return api.post(
            "/api/events",
            new JsonObject()
                .put("event", "build.started")
                .put("project_id", project)
                .put("data", new JsonObject()))
        .json()
        .getString("event_id");
  }

  private static List<JsonObject> list(JsonObject answer, String name) {
    return answer.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void groupsFailuresByCause() throws Exception {
    receiver.answer("/mixed", 500, "no");
    JsonObject twice =
        new JsonObject()
            .put("retry_policy", new JsonObject().put("max_attempts", 2).put("initial_delay", 1));
    String webhook = webhook(receiver.url("/mixed"), "p-mixed", twice);
    publish("p-mixed");
    await().until(() -> failedDeliveries(webhook) == 1);
    receiver.answer("/mixed", 404, "no");
    publish("p-mixed");
    await().until(() -> failedDeliveries(webhook) == 2);
    receiver.answer("/mixed", (request, body) -> request.connection().close());
    publish("p-mixed");
    await().until(() -> failedDeliveries(webhook) == 3);

    for (String range : new String[] {"1h", "24h", "7d", "30d"}) {
      JsonObject answer = described.get("listFailures", webhook + "/failures?range=" + range);
      assertThat(answer.getBoolean("complete")).isTrue();
      Map<String, JsonObject> byError =
          list(answer, "failures").stream()
              .collect(Collectors.toMap(group -> group.getString("error"), group -> group));
      assertThat(byError.keySet())
          .containsExactlyInAnyOrder(
              "HTTP 500: Internal Server Error",
              "HTTP 404: Not Found",
              "connection closed before the answer");
      JsonObject server = byError.get("HTTP 500: Internal Server Error");
      assertThat(server.getString("cause")).isEqualTo("status");
      assertThat(server.getInteger("failures")).isEqualTo(2);
      assertThat(server.getInteger("deliveries")).isEqualTo(1);
      assertThat(byError.get("connection closed before the answer").getString("cause"))
          .isEqualTo("connection");
      String example = byError.get("HTTP 404: Not Found").getString("example_delivery_id");
      assertThat(api.get(webhook + "/deliveries/" + example).json().getInteger("response_code"))
          .isEqualTo(404);
    }
    String fine = webhook(receiver.url("/fine"), "p-fine", new JsonObject());
    JsonObject nothing = described.get("listFailures", fine + "/failures");
    assertThat(nothing.getJsonArray("failures")).isEmpty();
    assertThat(nothing.getBoolean("complete")).isTrue();
  }

  private static int failedDeliveries(String webhook) {
    return api.get(webhook).json().getJsonObject("stats").getInteger("failed_deliveries");
  }

  @Test
  void tellsWhenTheCircuitOpenedAndClosed() throws Exception {
    receiver.answer("/down", 503, "no");
    JsonObject patient =
        new JsonObject()
            .put("retry_policy", new JsonObject().put("max_attempts", 20).put("initial_delay", 1));
    String webhook = webhook(receiver.url("/down"), "p-down", patient);
    String path = webhook + "/circuit-changes";
    publish("p-down");
    await().until(() -> states(path).contains("half_open"));
    receiver.answer("/down", 200, "OK");

    await().until(() -> states(path).get(0).equals("closed"));
    List<String> states = states(path);
    // Newest first: it closed after a probe, and before that it opened.
    assertThat(states.subList(0, 2)).containsExactly("closed", "half_open");
    assertThat(states.get(states.size() - 1)).isEqualTo("open");
    JsonObject part = described.get("listCircuitChanges", path + "?limit=1");
    assertThat(part.getInteger("total")).isEqualTo(states.size());
    String next = part.getJsonObject("pagination").getString("next_cursor");
    JsonObject second = described.get("listCircuitChanges", path + "?limit=1&cursor=" + next);
    assertThat(list(second, "circuit_changes").get(0).getString("state")).isEqualTo("half_open");
    assertThat(
            described
                .get("listCircuitChanges", path + "?end_date=2001-01-01")
                .getJsonArray("circuit_changes"))
        .isEmpty();
    assertThat(api.get(path + "?cursor=x&offset=1").faultyFields())
        .containsExactlyInAnyOrder("cursor", "offset");
  }

  private static List<String> states(String path) {
    return list(described.get("listCircuitChanges", path + "?limit=100"), "circuit_changes")
        .stream()
        .map(change -> change.getString("state"))
        .toList();
  }
}
