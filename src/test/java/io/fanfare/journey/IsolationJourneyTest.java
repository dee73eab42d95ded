package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may do what: every route with every kind of key, and with ids of others. */
class IsolationJourneyTest {
  private static final String NO_WEBHOOK = "webhook_00000000000000000000000000";
  private static final String NO_DELIVERY = "del_00000000000000000000000000";
  private static final String NO_EVENT = "event_00000000000000000000000000";
  private static final String NO_REDELIVERY = "redelivery_00000000000000000000000000";
  private static final String DRY = "{\"dry_run\":true}";
  private static final String HOOK =
      "{\"url\":\"https://example.com/\",\"events\":[\"file.*\"],\"name\":\"n\"}";
  private static final String EVENT = "{\"event\":\"user.login\",\"data\":{}}";

  private enum Need {
    READ,
    MANAGE,
    PUBLISH,
    KEYS,
    NOTHING
  }

  private record Route(String method, String path, String body, Need need) {
    Route with(String webhook, String delivery, String event) {
      return new Route(
          method,
          path.replace("{w}", webhook).replace("{d}", delivery).replace("{e}", event),
          body,
          need);
    }

    Answer call(ApiCalls caller) {
      return caller.call(method, path, body);
    }
  }

  // Those with an id of a webhook or an event in their path.
  private static final List<Route> OF_ONE =
      List.of(
          new Route("GET", "/api/webhooks/{w}", null, Need.READ),
          new Route("PUT", "/api/webhooks/{w}", "{}", Need.MANAGE),
          new Route("PUT", "/api/webhooks/{w}", "{\"name\":5}", Need.MANAGE),
          new Route("POST", "/api/webhooks/{w}/test", "{}", Need.MANAGE),
          new Route("POST", "/api/webhooks/{w}/test", "{\"event_type\":5}", Need.MANAGE),
          new Route("GET", "/api/webhooks/{w}/stats", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/stats?period=x", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/deliveries", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/deliveries?limit=0", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/deliveries/{d}", null, Need.READ),
          new Route("POST", "/api/webhooks/{w}/deliveries/{d}/redeliver", null, Need.MANAGE),
          new Route("POST", "/api/webhooks/{w}/deliveries/redeliver", DRY, Need.MANAGE),
          new Route("POST", "/api/webhooks/{w}/deliveries/redeliver", "{\"x\":1}", Need.MANAGE),
          new Route("GET", "/api/webhooks/{w}/redeliveries", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/redeliveries/" + NO_REDELIVERY, null, Need.READ),
          new Route("DELETE", "/api/webhooks/{w}/redeliveries/" + NO_REDELIVERY, null, Need.MANAGE),
          new Route("GET", "/api/webhooks/{w}/failures", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/failures?range=x", null, Need.READ),
          new Route("GET", "/api/webhooks/{w}/circuit-changes", null, Need.READ),
          new Route("GET", "/api/events/{e}", null, Need.READ),
          new Route("GET", "/api/events/{e}/explain", null, Need.READ),
          new Route("GET", "/api/events/{e}/explain?match=matched&limit=1", null, Need.READ),
          new Route("DELETE", "/api/webhooks/{w}", null, Need.MANAGE));

  private static final List<Route> OTHERS =
      List.of(
          new Route("GET", "/api/webhooks", null, Need.READ),
          new Route("POST", "/api/webhooks", HOOK, Need.MANAGE),
          new Route("GET", "/api/events", null, Need.READ),
          new Route("GET", "/api/overview", null, Need.READ),
          new Route("GET", "/api/deliveries/" + NO_DELIVERY + "/explain", null, Need.READ),
          new Route("POST", "/api/events", EVENT, Need.PUBLISH),
          new Route("POST", "/api/events/batch", "{\"events\":[" + EVENT + "]}", Need.PUBLISH),
          new Route("GET", "/api/event-types", null, Need.NOTHING),
          new Route("GET", "/api/keys", null, Need.KEYS),
          new Route("POST", "/api/keys", "{\"name\":\"k\",\"role\":\"viewer\"}", Need.KEYS),
          new Route("DELETE", "/api/keys/key_00000000000000000000000000", null, Need.KEYS));

  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;

  @BeforeAll
  static void start() throws TimeoutException {
    // Wrong tokens by the dozen are part of the test.
    fanfare = TestFanfare.start(Map.of("FANFARE_AUTH_FAILURES_PER_MINUTE", "10000"));
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  /** A webhook of a project with an ended delivery of an event of that project. */
  private record Owned(String webhook, String delivery, String event) {}

  private static Owned owned(String projectId) throws TimeoutException {
    String webhook =
        fanfare
            .webhook(
                receiver.url("/"),
                new JsonObject()
                    .put("events", new JsonArray().add("build.*"))
                    .put("project_id", projectId))
            .getString("webhook_id");
    JsonObject published =
        api.post(
                "/api/events",
                new JsonObject()
                    .put("event", "build.started")
                    .put("data", new JsonObject())
                    .put("project_id", projectId))
            .json();
    String event = published.getString("event_id");
    await().until(() -> deliveryOf(event, webhook).getString("status").equals("success"));
    return new Owned(webhook, deliveryOf(event, webhook).getString("delivery_id"), event);
  }

  private static JsonObject deliveryOf(String event, String webhook) {
    return api.get("/api/events/" + event).json().getJsonArray("deliveries").stream()
        .map(JsonObject.class::cast)
        .filter(delivery -> delivery.getString("webhook_id").equals(webhook))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void idsOfOthersAnswerAsUnknownOnesDo() throws Exception {
    Owned foreign = owned("theirs");
    Owned nobodys = owned(null);
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
    Owned deleted = owned("gone");
    Owned other = owned("other");
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
  void aRoleDoesWhatItMayAndNothingElse() throws Exception {
    Map<Need, Set<String>> roles = new EnumMap<>(Need.class);
    roles.put(Need.READ, Set.of("admin", "manager", "viewer"));
    roles.put(Need.MANAGE, Set.of("admin", "manager"));
    roles.put(Need.PUBLISH, Set.of("admin", "manager", "publisher"));
    roles.put(Need.KEYS, Set.of("admin"));
    roles.put(Need.NOTHING, Set.of("admin", "manager", "publisher", "viewer"));
    assertThat(roles.keySet()).isEqualTo(EnumSet.allOf(Need.class));
    for (String role : List.of("admin", "manager", "publisher", "viewer")) {
      for (String project : new String[] {null, "p-roles"}) {
        ApiCalls caller = api.as(fanfare.key(role, project));
        Owned owned = owned("p-roles");
        for (List<Route> routes : List.of(OF_ONE, OTHERS)) {
          for (Route route : routes) {
            int status =
                route.with(owned.webhook(), owned.delivery(), owned.event()).call(caller).status();
            if (roles.get(route.need()).contains(role)) {
              assertThat(status).as(role + route).isIn(200, 201, 202, 400, 404);
            } else {
              assertThat(status).as(role + route).isEqualTo(403);
            }
          }
        }
      }
    }
  }

  @Test
  void noKeyAWrongOneAndARevokedOneAreRefusedEverywhere() throws Exception {
    JsonObject key =
        api.post("/api/keys", new JsonObject().put("name", "k").put("role", "admin")).json();
    String revoked = key.getString("token");
    api.delete("/api/keys/" + key.getString("key_id"));
    for (String token : new String[] {null, "wrong", revoked}) {
      for (List<Route> routes : List.of(OF_ONE, OTHERS)) {
        for (Route route : routes) {
          Route sent = route.with(NO_WEBHOOK, NO_DELIVERY, NO_EVENT);
          Answer answer = api.call(sent.method(), sent.path(), sent.body(), token);
          assertThat(answer.status()).as(token + route).isEqualTo(401);
          assertThat(answer.json().getString("error")).isEqualTo("unauthorized");
        }
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
