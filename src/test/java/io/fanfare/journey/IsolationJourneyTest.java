package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a key sees of others, and what it makes: {@link IsolationMatrixTest} has every route with
 * every kind of key.
 */
class IsolationJourneyTest {
  private static final String NO_WEBHOOK = "webhook_00000000000000000000000000";
  private static final String NO_DELIVERY = "del_00000000000000000000000000";
  private static final String NO_EVENT = "event_00000000000000000000000000";
  private static final String NO_REDELIVERY = "redelivery_00000000000000000000000000";
  private static final String DRY = "{\"dry_run\":true}";
  private static final String HOOK =
      "{\"url\":\"https://example.com/\",\"events\":[\"file.*\"],\"name\":\"n\"}";

  private record Route(String method, String path, String body) {
    Route with(String webhook, String delivery, String event) {
      return new Route(
          method,
          path.replace("{w}", webhook).replace("{d}", delivery).replace("{e}", event),
          body);
    }

    Answer call(ApiCalls caller) {
      return caller.call(method, path, body);
    }
  }

  // Those with an id of a webhook or an event in their path.
  private static final List<Route> OF_ONE =
      List.of(
          new Route("GET", "/api/webhooks/{w}", null),
          new Route("PUT", "/api/webhooks/{w}", "{}"),
          new Route("PUT", "/api/webhooks/{w}", "{\"name\":5}"),
          new Route("POST", "/api/webhooks/{w}/test", "{}"),
          new Route("POST", "/api/webhooks/{w}/test", "{\"event_type\":5}"),
          new Route("GET", "/api/webhooks/{w}/stats", null),
          new Route("GET", "/api/webhooks/{w}/stats?period=x", null),
          new Route("GET", "/api/webhooks/{w}/deliveries", null),
          new Route("GET", "/api/webhooks/{w}/deliveries?limit=0", null),
          new Route("GET", "/api/webhooks/{w}/deliveries/{d}", null),
          new Route("POST", "/api/webhooks/{w}/deliveries/{d}/redeliver", null),
          new Route("POST", "/api/webhooks/{w}/deliveries/redeliver", DRY),
          new Route("POST", "/api/webhooks/{w}/deliveries/redeliver", "{\"x\":1}"),
          new Route("GET", "/api/webhooks/{w}/redeliveries", null),
          new Route("GET", "/api/webhooks/{w}/redeliveries/" + NO_REDELIVERY, null),
          new Route("DELETE", "/api/webhooks/{w}/redeliveries/" + NO_REDELIVERY, null),
          new Route("GET", "/api/webhooks/{w}/failures", null),
          new Route("GET", "/api/webhooks/{w}/failures?range=x", null),
          new Route("GET", "/api/webhooks/{w}/circuit-changes", null),
          new Route("GET", "/api/events/{e}", null),
          new Route("GET", "/api/events/{e}/explain", null),
          new Route("GET", "/api/events/{e}/explain?match=matched&limit=1", null),
          new Route("DELETE", "/api/webhooks/{w}", null));

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

  @Test
  void idsOfOthersAnswerAsUnknownOnesDo() throws Exception {
    Owned foreign = Owned.by(fanfare, receiver, "theirs");
    Owned nobodys = Owned.by(fanfare, receiver, null);
    ApiCalls mine = api.as(fanfare.key("manager", "mine"));
    for (Route route : OF_ONE) {
      Answer unknown = route.with(NO_WEBHOOK, NO_DELIVERY, NO_EVENT).call(mine);
      assertThat(unknown.status()).as(route.toString()).isEqualTo(404);
      for (Owned other : List.of(foreign, nobodys)) {
        Answer answer = route.with(other.webhook(), other.delivery(), other.event()).call(mine);
        assertThat(answer.status()).as(route.toString()).isEqualTo(404);
        assertThat(answer.text()).as(route.toString()).isEqualTo(unknown.text());
      }
    }
    assertThat(api.get("/api/webhooks/" + foreign.webhook()).status()).isEqualTo(200);
  }

  @Test
  void idsThatAreDeletedOrOfAnotherWebhookAnswerAsUnknownOnesDo() throws Exception {
    Owned deleted = Owned.by(fanfare, receiver, "gone");
    Owned other = Owned.by(fanfare, receiver, "other");
    String deliveries = "/api/webhooks/" + other.webhook() + "/deliveries/";
    assertThat(api.get(deliveries + other.delivery()).status()).isEqualTo(200);
    assertThat(api.get(deliveries + deleted.delivery()).status()).isEqualTo(404);
    assertThat(api.call("POST", deliveries + deleted.delivery() + "/redeliver", null).status())
        .isEqualTo(404);

    api.delete("/api/webhooks/" + deleted.webhook());
    for (Route route : OF_ONE) {
      if (!route.path().contains("{e}")) {
        Answer unknown = route.with(NO_WEBHOOK, NO_DELIVERY, NO_EVENT).call(api);
        Answer answer =
            route.with(deleted.webhook(), deleted.delivery(), deleted.event()).call(api);
        assertThat(answer.status()).as(route.toString()).isEqualTo(404);
        assertThat(answer.text()).as(route.toString()).isEqualTo(unknown.text());
      }
    }
  }

  @Test
  void aViewerReadsNoSecretAnywhere() throws Exception {
    String secret = "canary-secret";
    JsonObject headers = new JsonObject().put("X-Canary", "canary-header");
    String webhook =
        "/api/webhooks/"
            + fanfare
                .webhook(
                    receiver.url("/viewer"),
                    new JsonObject().put("secret", secret).put("headers", headers))
                .getString("webhook_id");
    api.call("POST", webhook + "/test", null);
    ApiCalls viewer = api.as(fanfare.key("viewer", null));
    for (String path :
        List.of("/api/webhooks", webhook, webhook + "/deliveries", webhook + "/stats")) {
      assertThat(viewer.get(path).text()).as(path).doesNotContain("canary-");
    }
    JsonObject read = viewer.get(webhook).json();
    assertThat(read.containsKey("secret")).isFalse();
    assertThat(read.getJsonObject("headers").fieldNames()).containsExactly("X-Canary");

    JsonObject managed = api.as(fanfare.key("manager", null)).get(webhook).json();
    assertThat(managed.getString("secret")).isEqualTo(secret);
    assertThat(managed.getJsonObject("headers")).isEqualTo(headers);
  }

  @Test
  void whatABoundKeyMakesIsOfItsProjectAndNamingAnotherIsForbidden() throws Exception {
    ApiCalls mine = api.as(fanfare.key("manager", "p-bound"));
    JsonObject data = new JsonObject().put("project_id", "p-else");
    JsonObject own = new JsonObject().put("event", "build.started").put("data", new JsonObject());
    JsonObject byData = own.copy().put("data", data);

    assertThat(mine.post("/api/events", own).json().getString("project_id")).isEqualTo("p-bound");
    assertThat(mine.post("/api/events", own.copy().put("project_id", "p-else")).status())
        .isEqualTo(403);
    assertThat(mine.post("/api/events", byData).status()).isEqualTo(403);
    assertThat(mine.post("/api/events", byData.copy().put("project_id", "p-bound")).status())
        .isEqualTo(202);
    JsonObject batch = new JsonObject().put("events", new JsonArray().add(own).add(byData));
    assertThat(mine.post("/api/events/batch", batch).status()).isEqualTo(403);
    assertThat(mine.get("/api/events").json().getInteger("total")).isEqualTo(2);
    assertThat(mine.post("/api/webhooks", new JsonObject(HOOK)).json().getString("project_id"))
        .isEqualTo("p-bound");
    assertThat(
            mine.post("/api/webhooks", new JsonObject(HOOK).put("project_id", "p-else")).status())
        .isEqualTo(403);
    for (String list : List.of("webhooks", "events")) {
      JsonObject none = mine.get("/api/" + list + "?project_id=p-else").json();
      assertThat(none.getJsonArray(list)).isEmpty();
      assertThat(none.getInteger("total")).isZero();
    }
  }
}
