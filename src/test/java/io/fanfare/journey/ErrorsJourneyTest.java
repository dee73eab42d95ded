package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error has one shape, on every route of the whole service. */
class ErrorsJourneyTest {
  private static final int DATA_MAX = 1 << 20;
  private static final int REQUEST_MAX = 8 << 20;

  private static final Map<String, Set<String>> METHODS =
      Map.ofEntries(
          Map.entry("/api/webhooks", Set.of("GET", "HEAD", "POST")),
          Map.entry("/api/webhooks/x", Set.of("GET", "HEAD", "PUT", "DELETE")),
          Map.entry("/api/webhooks/x/test", Set.of("POST")),
          Map.entry("/api/webhooks/x/stats", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/deliveries", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/deliveries/y", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/deliveries/redeliver", Set.of("POST")),
          Map.entry("/api/webhooks/x/redeliveries", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/redeliveries/y", Set.of("GET", "HEAD", "DELETE")),
          Map.entry("/api/webhooks/x/failures", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/circuit-changes", Set.of("GET", "HEAD")),
          Map.entry("/api/webhooks/x/deliveries/y/redeliver", Set.of("POST")),
          Map.entry("/api/events", Set.of("GET", "HEAD", "POST")),
          Map.entry("/api/events/batch", Set.of("POST")),
          Map.entry("/api/events/x", Set.of("GET", "HEAD")),
          Map.entry("/api/events/x/explain", Set.of("GET", "HEAD")),
          Map.entry("/api/deliveries/stream", Set.of("GET", "HEAD")),
          Map.entry("/api/deliveries/x/explain", Set.of("GET", "HEAD")),
          Map.entry("/api/overview", Set.of("GET", "HEAD")),
          Map.entry("/api/overview/stream", Set.of("GET", "HEAD")),
          Map.entry("/api/storage", Set.of("GET", "HEAD")),
          Map.entry("/api/whoami", Set.of("GET", "HEAD")),
          Map.entry("/api/event-types", Set.of("GET", "HEAD")),
          Map.entry("/api/keys", Set.of("GET", "HEAD", "POST")),
          Map.entry("/api/keys/x", Set.of("DELETE")),
          Map.entry("/health/live", Set.of("GET", "HEAD")),
          Map.entry("/health/ready", Set.of("GET", "HEAD")),
          Map.entry("/metrics", Set.of("GET", "HEAD")));

  private static TestFanfare fanfare;
  private static ApiCalls api;
  private static String webhook;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    api = fanfare.calls();
    webhook =
        fanfare
            .webhook("https://example.com/", new JsonObject().put("active", false))
            .getString("webhook_id");
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  private static void assertError(String what, Answer answer, int status) {
    assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).as(what).isEqualTo("application/json");
    assertThat(answer.json().getString("error")).as(what).matches("[a-z_]+");
    assertThat(answer.json().getString("message")).as(what).isNotBlank();
    assertThat(List.of("error", "message", "details")).containsAll(answer.json().fieldNames());
  }

  @Test
  void aMethodThatAPathDoesNotKnowIsToldThoseThatItDoes() {
    METHODS.forEach(
        (path, methods) -> {
          for (String method :
              List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
            if (!methods.contains(method)) {
              Answer answer = api.call(method, path, null);
              assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
              if (!method.equals("HEAD")) {
                assertError(method + " " + path, answer, 405);
              }
              assertThat(answer.header("Allow").split(", "))
                  .as(path)
                  .containsExactlyInAnyOrder(methods.toArray(String[]::new));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api",
        "/api/",
        "/api/nothing",
        "/api/webhooks/x/y",
        "/api/webhooks/x/deliveries/y/z",
        "/api/%77ebhooks/x/y",
        "//api/nothing",
        "/api/../api/nothing"
      })
  void anUnknownPathIsNotFoundAndAsksForATokenFirst(String path) {
    assertError(path, api.get(path), 404);
    for (String method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      assertError(method + path, api.call(method, path, null, null), 401);
    }
  }

  @Test
  void aTokenCountsInItsHeaderOnly() {
    String query = "?token=" + TestFanfare.TOKEN + "&access_token=" + TestFanfare.TOKEN;
    assertError("query", api.call("GET", "/api/webhooks" + query, null, null), 401);
    for (String header : List.of("Basic " + TestFanfare.TOKEN, TestFanfare.TOKEN, "Bearer")) {
      assertError(
          header, api.call("GET", "/api/webhooks", null, null, "Authorization", header), 401);
    }
    assertThat(
            api.call(
                    "GET",
                    "/api/webhooks",
                    null,
                    null,
                    "Authorization",
                    "bearer " + TestFanfare.TOKEN)
                .status())
        .isEqualTo(200);
  }

  private static List<String> routesWithABody() {
    return List.of(
        "POST /api/webhooks",
        "PUT /api/webhooks/" + webhook,
        "POST /api/webhooks/" + webhook + "/test",
        "POST /api/events",
        "POST /api/events/batch",
        "POST /api/keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "null",
        "\"text\"",
        "{}{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{/* c */}",
        "{\"a\":1,}",
        "{'a':1}",
        "\ufeff{}",
        "{\"a\":1e99999999999}"
      })
  void aBodyThatIsNoJsonObjectIsMalformedOnEveryRoute(String body) {
    for (String route : routesWithABody()) {
      String[] parts = route.split(" ", -1);
      assertError(route + " " + body, api.call(parts[0], parts[1], body), 400);
    }
  }

  @Test
  void anotherTypeOfBodyIsRefusedOnEveryRoute() {
    for (String route : routesWithABody()) {
      String[] parts = route.split(" ", -1);
      for (String type : List.of("text/plain", "application/json; charset=utf-16", "")) {
        assertError(
            route + " " + type,
            api.call(parts[0], parts[1], "{}", TestFanfare.TOKEN, "Content-Type", type),
            415);
      }
    }
  }

  @Test
  void aRequestWithoutABodyMayNameItsType() {
    for (String type : List.of("application/json", "application/json; charset=utf-8")) {
      for (String route : List.of("GET /api/webhooks", "GET /api/webhooks/" + webhook)) {
        String[] parts = route.split(" ", -1);
        assertThat(
                api.call(parts[0], parts[1], null, TestFanfare.TOKEN, "Content-Type", type)
                    .status())
            .as(route)
            .isEqualTo(200);
      }
    }
  }

  @Test
  void theDataOfAnEventMayBeAMebibyteAndNotMore() {
    String event = "{\"event\":\"build.started\",\"data\":%s}";
    String test = "{\"event_type\":\"build.started\",\"payload\":%s}";
    String testRoute = "/api/webhooks/" + webhook + "/test";
    assertThat(api.post("/api/events", event.formatted(data(DATA_MAX))).status()).isEqualTo(202);
    assertError("event", api.post("/api/events", event.formatted(data(DATA_MAX + 1))), 413);
    assertError(
        "batch",
        api.post("/api/events/batch", "{\"events\":[" + event.formatted(data(DATA_MAX + 1)) + "]}"),
        413);
    assertError("test", api.post(testRoute, test.formatted(data(DATA_MAX + 1))), 413);
  }

  @Test
  void aRequestMayBeEightMebibytesAndNotMore() {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      events.add("{\"event\":\"build.started\",\"data\":" + data(DATA_MAX) + "}");
    }
    String batch = "{\"events\":[" + String.join(",", events) + "]}";

    assertThat(api.post("/api/events/batch", padded(batch, REQUEST_MAX)).status()).isEqualTo(202);
    assertError("too large", api.post("/api/events/batch", padded(batch, REQUEST_MAX + 1)), 413);
  }

  private static String data(int length) {
    return "{\"x\":\"" + "y".repeat(length - "{\"x\":\"\"}".length()) + "\"}";
  }

  private static String padded(String json, int length) {
    return json + " ".repeat(length - json.length());
  }

  @Test
  void parametersOfARouteThatHasNoneAreRefusedByTheirNames() {
    Set<String> routes = new TreeSet<>(routesWithABody());
    routes.addAll(
        List.of(
            "GET /api/webhooks/" + webhook,
            "GET /api/event-types",
            "DELETE /api/webhooks/" + webhook));
    for (String route : routes) {
      String[] parts = route.split(" ", -1);
      Answer answer =
          api.call(parts[0], parts[1] + "?a=1&b=2", parts[0].startsWith("P") ? "{}" : null);
      assertError(route, answer, 400);
      assertThat(answer.faultyFields()).as(route).containsExactlyInAnyOrder("a", "b");
    }
  }
}
