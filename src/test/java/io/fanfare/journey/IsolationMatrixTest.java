package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.api.ApiToken;
import io.fanfare.contract.DescribedRoute;
import io.fanfare.database.TableRows;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every route that the description of the API has, with every kind of token: who may not is
 * refused, and a refused call changes nothing.
 */
class IsolationMatrixTest {
  private static final String URL = TestDatabase.url();
  private static final List<String> ALL = List.of("admin", "manager", "publisher", "viewer");
  private static final Set<String> READERS = Set.of("admin", "manager", "viewer");
  private static final Set<String> MANAGERS = Set.of("admin", "manager");
  private static final Set<String> PUBLISHERS = Set.of("admin", "manager", "publisher");
  private static final Set<String> ADMINS = Set.of("admin");

  // Section 3 of the contract.
  private static final Map<String, Set<String>> ROLES =
      Map.ofEntries(
          Map.entry("createWebhook", MANAGERS),
          Map.entry("listWebhooks", READERS),
          Map.entry("getWebhook", READERS),
          Map.entry("updateWebhook", MANAGERS),
          Map.entry("deleteWebhook", MANAGERS),
          Map.entry("testWebhook", MANAGERS),
          Map.entry("listDeliveries", READERS),
          Map.entry("getDelivery", READERS),
          Map.entry("redeliver", MANAGERS),
          Map.entry("getWebhookStats", READERS),
          Map.entry("listEventTypes", Set.copyOf(ALL)),
          Map.entry("publishEvent", PUBLISHERS),
          Map.entry("publishEvents", PUBLISHERS),
          Map.entry("listEvents", READERS),
          Map.entry("getEvent", READERS),
          Map.entry("redeliverMany", MANAGERS),
          Map.entry("listRedeliveries", READERS),
          Map.entry("getRedelivery", READERS),
          Map.entry("cancelRedelivery", MANAGERS),
          Map.entry("listFailures", READERS),
          Map.entry("listCircuitChanges", READERS),
          Map.entry("explainEvent", READERS),
          Map.entry("explainDelivery", READERS),
          Map.entry("streamDeliveries", READERS),
          Map.entry("getOverview", READERS),
          Map.entry("streamOverview", READERS),
          Map.entry("getStorage", READERS),
          Map.entry("whoami", Set.copyOf(ALL)),
          Map.entry("createKey", ADMINS),
          Map.entry("listKeys", ADMINS),
          Map.entry("revokeKey", ADMINS));

  private static final Map<String, String> UNKNOWN =
      Map.of(
          "webhook_id", "webhook_00000000000000000000000000",
          "delivery_id", "del_00000000000000000000000000",
          "event_id", "event_00000000000000000000000000",
          "redelivery_id", "redelivery_00000000000000000000000000",
          "key_id", "key_00000000000000000000000000");

  // What is of nobody's project is not for keys that are bound to one.
  private static final Set<String> UNBOUND = Set.of("getStorage");

  // What ends something comes last, and what belongs to something before that.
  private static final List<DescribedRoute> ROUTES =
      DescribedRoute.all().stream()
          .filter(route -> !route.open())
          .sorted(
              Comparator.comparing(
                      (DescribedRoute route) ->
                          List.of("GET", "POST", "PUT", "DELETE").indexOf(route.method()))
                  .thenComparing(route -> -route.path().length()))
          .toList();

  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;
  private static Owned theirs;
  private static Owned nobodys;

  @BeforeAll
  static void start() throws TimeoutException {
    // Wrong tokens by the dozen are part of the test.
    fanfare = TestFanfare.start(URL, Map.of("FANFARE_AUTH_FAILURES_PER_MINUTE", "10000"));
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    theirs = Owned.by(fanfare, receiver, "theirs");
    nobodys = Owned.by(fanfare, receiver, null);
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void everyRouteIsInTheTable() {
    assertThat(ROUTES.stream().map(DescribedRoute::operationId))
        .containsExactlyInAnyOrderElementsOf(ROLES.keySet());
  }

  @Test
  void withoutAKeyThatIsValidEveryRouteIsRefused() throws Exception {
    String good = fanfare.key("admin", null);
    Map<String, String> authorizations = new LinkedHashMap<>();
    authorizations.put("none", null);
    authorizations.put("empty", "Bearer ");
    authorizations.put("garbage", "Bearer garbage");
    authorizations.put("unknown", "Bearer " + ApiToken.generate(new SplittableRandom(1)));
    authorizations.put("altered", "Bearer " + good.substring(0, good.length() - 1) + "!");
    authorizations.put("another scheme", "Basic " + good);
    authorizations.put("revoked", "Bearer " + revoked());
    authorizations.put("deleted", "Bearer " + deleted());
    unchanged(
        () ->
            authorizations.forEach(
                (kind, authorization) -> {
                  for (DescribedRoute route : ROUTES) {
                    assertRefused(
                        kind + " at " + route,
                        401,
                        route,
                        call(route, theirs.ids(), authorization));
                  }
                }));
    assertThat(api.call("GET", "/api/webhooks?token=" + good, null, null).status()).isEqualTo(401);
  }

  @Test
  void aRoleThatMayNotIsRefused() throws Exception {
    Map<String, String> tokens = new LinkedHashMap<>();
    for (String role : ALL) {
      tokens.put(role, fanfare.key(role, null));
    }
    unchanged(
        () ->
            tokens.forEach(
                (role, token) -> {
                  for (DescribedRoute route : ROUTES) {
                    if (!ROLES.get(route.operationId()).contains(role)) {
                      for (Map<String, String> ids : List.of(theirs.ids(), UNKNOWN)) {
                        assertRefused(
                            role + " at " + route, 403, route, call(route, ids, "Bearer " + token));
                      }
                    }
                  }
                }));
  }

  @Test
  void whatIsOfAnotherProjectIsUnknown() throws Exception {
    Map<String, String> tokens = new LinkedHashMap<>();
    for (String role : ALL) {
      tokens.put(role, fanfare.key(role, "mine"));
    }
    unchanged(
        () ->
            tokens.forEach(
                (role, token) -> {
                  for (DescribedRoute route : ROUTES) {
                    if (ROLES.get(route.operationId()).contains(role)) {
                      assertApart(role + " at " + route, route, "Bearer " + token);
                    }
                  }
                }));
  }

  private static void assertApart(String what, DescribedRoute route, String authorization) {
    if (!route.names("path").isEmpty()) {
      Answer unknown = call(route, UNKNOWN, authorization);
      assertRefused(what, 404, route, unknown);
      for (Owned other : List.of(theirs, nobodys)) {
        Answer answer = call(route, other.ids(), authorization);
        assertRefused(what, 404, route, answer);
        assertThat(answer.text()).as(what).isEqualTo(unknown.text());
      }
    } else if (route.body() != null) {
      assertRefused(what, 403, route, call(route, UNKNOWN, authorization));
    } else {
      String list = call(route, UNKNOWN, authorization).text();
      assertThat(list).as(what).doesNotContain(theirs.ids().values());
      assertThat(list).as(what).doesNotContain(nobodys.ids().values());
    }
  }

  @Test
  void aRoleThatMayIsServed() throws Exception {
    for (String role : ALL) {
      for (String project : new String[] {null, "p-roles"}) {
        String authorization = "Bearer " + fanfare.key(role, project);
        Owned owned = Owned.by(fanfare, receiver, "p-roles");
        for (DescribedRoute route : ROUTES) {
          if (ROLES.get(route.operationId()).contains(role)) {
            Answer answer =
                api.call(
                    // The answer of a stream has no end.
                    route.isStream() ? "HEAD" : route.method(),
                    route.pathWith(owned.ids()),
                    body(route, "p-roles"),
                    null,
                    "Authorization",
                    authorization);
            if (project != null && UNBOUND.contains(route.operationId())) {
              assertRefused(role + " at " + route, 403, route, answer);
              continue;
            }
            assertThat(answer.status())
                .as("%s at %s: %s", role, route, answer.text())
                .isBetween(200, 299)
                .isIn(route.statuses());
          }
        }
      }
    }
  }

  private static String revoked() {
    JsonObject key =
        api.post("/api/keys", new JsonObject().put("name", "k").put("role", "admin")).json();
    String token = key.getString("token");
    assertThat(api.as(token).get("/api/keys").status()).isEqualTo(200);
    assertThat(api.delete("/api/keys/" + key.getString("key_id")).status()).isEqualTo(200);
    awaitEnd(token);
    return token;
  }

  /** A key that a hand has taken out of the database. */
  private static String deleted() throws TimeoutException {
    JsonObject key =
        api.post("/api/keys", new JsonObject().put("name", "k").put("role", "admin")).json();
    String token = key.getString("token");
    assertThat(api.as(token).get("/api/keys").status()).isEqualTo(200);
    PgConnection connection = TestFanfare.await(PgConnection.connect(fanfare.vertx(), URL));
    TestFanfare.await(
        connection
            .preparedQuery("delete from api_key where id = $1::uuid")
            .execute(Tuple.of(IdKind.KEY.parse(key.getString("key_id")).orElseThrow())));
    TestFanfare.await(connection.close());
    awaitEnd(token);
    return token;
  }

  private static void awaitEnd(String token) {
    await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> api.as(token).get("/api/keys").status() == 401);
  }

  private static Answer call(DescribedRoute route, Map<String, String> ids, String authorization) {
    String[] headers =
        authorization == null ? new String[0] : new String[] {"Authorization", authorization};
    String path = route.pathWith(ids);
    if (!route.method().equals("GET")) {
      return api.call(route.method(), path, body(route, "theirs"), null, headers);
    }
    Answer head = api.call("HEAD", path, null, null, headers);
    if (route.isStream() && head.status() == 200) {
      // The answer has no end; what is in it is a matter of StreamsJourneyTest.
      return head;
    }
    Answer answer = api.call("GET", path, null, null, headers);
    assertThat(answer.status()).isEqualTo(head.status());
    return answer;
  }

  /** The example of the description, with a receiver that is there, for a project. */
  private static String body(DescribedRoute route, String project) {
    if (route.body() == null) {
      return null;
    }
    JsonObject body = route.body().copy();
    if (body.containsKey("url")) {
      body.put("url", receiver.url("/"));
    }
    if (Set.of("createWebhook", "createKey", "publishEvent").contains(route.operationId())) {
      body.put("project_id", project);
    }
    if (route.operationId().equals("publishEvents")) {
      JsonArray events = body.getJsonArray("events");
      events.forEach(event -> ((JsonObject) event).put("project_id", project));
    }
    return body.encode();
  }

  private static void assertRefused(String what, int status, DescribedRoute route, Answer answer) {
    assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(status);
    assertThat(route.statuses()).as(what).contains(status);
    String code = Map.of(401, "unauthorized", 403, "forbidden", 404, "not_found").get(status);
    assertThat(answer.json().getString("error")).as(what).isEqualTo(code);
    if (status == 401) {
      assertThat(answer.header("WWW-Authenticate")).as(what).startsWith("Bearer");
    }
  }

  /** Runs it and sees that every row is as before, and that no receiver has got anything. */
  private static void unchanged(Runnable calls) throws TimeoutException {
    Map<String, List<String>> before = rowsAtRest();
    int received = receiver.receipts().size();
    calls.run();
    assertThat(rows()).isEqualTo(before);
    assertThat(receiver.receipts()).hasSize(received);
  }

  /** What other tests have published is delivered, and counted: counts move when they are read. */
  private static Map<String, List<String>> rowsAtRest() throws TimeoutException {
    List<Map<String, List<String>>> looks = new ArrayList<>(List.of(rows()));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              api.get("/api/webhooks/" + theirs.webhook() + "/stats");
              Map<String, List<String>> now = rows();
              boolean same = now.equals(looks.set(0, now));
              return same
                  && now.get("delivery").stream().noneMatch(row -> row.contains(",pending,"));
            });
    return looks.get(0);
  }

  private static Map<String, List<String>> rows() throws TimeoutException {
    Map<String, List<String>> rows = TableRows.read(fanfare.vertx(), URL);
    // Written down every second.
    rows.remove("node");
    assertThat(rows.get("webhook")).isNotEmpty();
    return rows;
  }
}
