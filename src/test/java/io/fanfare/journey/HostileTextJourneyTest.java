package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.contract.DescribedRoute;
import io.fanfare.contract.DescribedRoute.Parameter;
import io.fanfare.database.TableRows;
import io.fanfare.database.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Text that means something to SQL, to a terminal, to a reader of lines or of paths, as every
 * parameter that the description of the API has: no call is a mistake of the service's, none
 * changes a row, and what is logged of it at the most talkative level is harmless.
 */
class HostileTextJourneyTest {
  private static final String DATABASE = TestDatabase.url();

  private static TestFanfare fanfare;
  private static ApiCalls api;
  private static Logger root;
  private static Level levelBefore;
  private static LogLines log;
  private static Map<String, String> ids;

  @BeforeAll
  static void start() throws Exception {
    root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    levelBefore = root.getLevel();
    log = LogLines.of(root);
    root.setLevel(Level.TRACE);
    fanfare = TestFanfare.start(DATABASE, Map.of());
    api = fanfare.calls();
    String webhook =
        fanfare
            .webhook(
                "https://example.com/",
                new JsonObject().put("events", new JsonArray().add("file.*")))
            .getString("webhook_id");
    ids =
        Map.of(
            "webhook_id", webhook,
            "delivery_id", "del_00000000000000000000000000",
            "event_id", "event_00000000000000000000000000",
            "redelivery_id", "redelivery_00000000000000000000000000",
            "key_id", "key_00000000000000000000000000");
  }

  @AfterAll
  static void stop() {
    fanfare.close();
    log.close();
    root.setLevel(levelBefore);
  }

  static Stream<String> texts() {
    return Stream.of(
        "'",
        "\"",
        "' or '1'='1",
        "' or 1=1--",
        "') or ('a'='a",
        "1; drop table webhook--",
        "1); delete from webhook; --",
        "'; update api_key set role = 'admin'; --",
        "name; select pg_sleep(9)",
        "1 union select token_hash from api_key",
        "' union select null, null--",
        "case when 1=1 then name end",
        "(select secret_sealed from webhook limit 1)",
        "$1",
        "$$",
        "E'\\x27'",
        "%' or name like '%",
        "%",
        "_",
        "\\",
        "\\'",
        "/**/",
        "{\"$gt\":\"\"}",
        "../../etc/passwd",
        "..%2f..%2f",
        "${jndi:ldap://127.0.0.1/a}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "a\r\nSet-Cookie: a=b",
        "a\r\n2026-01-01T00:00:00.000Z ERROR forged",
        "a\u0000b",
        "\u001b[2J\u001b[31m",
        "a\u2028b\u2029c\u0085d\u009be",
        "\u202eabc",
        "\ufeffa",
        "\ud83d\ude80",
        "x".repeat(1_100),
        "9".repeat(400),
        "-1",
        "1e400",
        "NaN",
        "0x10",
        "null");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isTextAndNothingElse(String text) throws Exception {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    Map<String, List<String>> before = rows();
    for (DescribedRoute route : DescribedRoute.all()) {
      for (Parameter parameter : route.parameters()) {
        if (!parameter.in().equals("header")) {
          Answer answer = call(route, parameter, encoded);
          assertThat(answer.status())
              .as("%s of %s: %s", parameter.name(), route, answer.text())
              .isIn(200, 400, 404)
              .isIn(route.statuses());
          if (!route.isStream() || answer.status() != 200) {
            assertIsJson(answer);
          }
        }
      }
    }
    assertThat(rows()).isEqualTo(before);
    assertThat(api.get("/api/" + encoded).status()).isIn(400, 404);
    log.assertHarmless();
  }

  private static Answer call(DescribedRoute route, Parameter parameter, String encoded) {
    Map<String, String> filled = new HashMap<>(ids);
    if (parameter.in().equals("path")) {
      filled.put(parameter.name(), encoded);
    }
    String query = parameter.in().equals("query") ? "?" + parameter.name() + "=" + encoded : "";
    String body = route.body() == null ? null : route.body().encode();
    String path = route.pathWith(filled) + query;
    if (route.isStream()) {
      Answer head = api.call("HEAD", path, null);
      if (head.status() == 200) {
        // The answer to GET has no end.
        return head;
      }
    }
    return api.call(route.method(), path, body);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isKeptOrRefusedInABody(String text) {
    JsonObject webhook =
        new JsonObject()
            .put("url", "https://example.com/")
            .put("events", new JsonArray().add("file.*"))
            .put("name", "n");
    for (String field : List.of("name", "description", "secret", "project_id", "url")) {
      assertKeptOrRefused("/api/webhooks", webhook, field, text);
    }
    for (JsonObject headers :
        List.of(new JsonObject().put("X-A", text), new JsonObject().put(text, "a"))) {
      assertThat(api.post("/api/webhooks", webhook.copy().put("headers", headers)).status())
          .isIn(201, 400);
    }
    assertThat(
            api.post("/api/webhooks", webhook.copy().put("events", new JsonArray().add(text)))
                .status())
        .isEqualTo(400);
    JsonObject event =
        new JsonObject()
            .put("event", "build.started")
            .put("data", new JsonObject().put(text, text));
    for (String field : List.of("event", "project_id", "timestamp")) {
      assertKeptOrRefused("/api/events", event, field, text);
    }
    JsonObject key = new JsonObject().put("name", "n").put("role", "viewer");
    for (String field : List.of("name", "role", "project_id", "user_id")) {
      assertKeptOrRefused("/api/keys", key, field, text);
    }
    log.assertHarmless();
  }

  private static void assertKeptOrRefused(String path, JsonObject body, String field, String text) {
    Answer answer = api.post(path, body.copy().put(field, text));
    assertThat(answer.status()).as(field + ": " + answer.text()).isIn(201, 202, 400);
    if (answer.status() == 400) {
      assertThat(answer.faultyFields()).as(answer.text()).contains(field);
    } else if (answer.json().containsKey(field)) {
      assertThat(answer.json().getString(field)).isEqualTo(text);
    }
  }

  @Test
  void inAHeaderItEndsNoLineAndStartsNoOther() throws Exception {
    for (String name : List.of("Idempotency-Key", "Authorization", "X-Any", "Content-Type")) {
      for (String text :
          List.of(
              "\u001b[31m", "a\u0000b", "a\rb", "a\r\n b", "a\u0001b", "a\u007fb", "a\u00ffb")) {
        String answer = raw(name, text);
        assertThat(answer).as(name).startsWith("HTTP/1.1 ");
        assertThat(answer.substring(9, 12)).as(answer).isIn("202", "400", "401", "415");
      }
    }
    log.assertHarmless();
  }

  /** The answer to an event with this header, byte for byte. */
  private static String raw(String name, String value) throws IOException {
    String authorization =
        name.equals("Authorization") ? "" : "Authorization: Bearer " + TestFanfare.TOKEN + "\r\n";
    String body = "{\"event\":\"build.started\",\"data\":{}}";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fanfare.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /api/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      + authorization
                      + name
                      + ": "
                      + value
                      + "\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** An error repeats what it was given as JSON only, in which nothing is raw. */
  private static void assertIsJson(Answer answer) {
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json()).isNotNull();
    assertThat(answer.text().chars()).noneMatch(character -> character < ' ');
  }

  private static Map<String, List<String>> rows() throws Exception {
    Map<String, List<String>> rows = TableRows.read(fanfare.vertx(), DATABASE);
    // These move by themselves.
    rows.keySet().removeIf(table -> table.equals("node") || table.startsWith("stat_"));
    return rows;
  }
}
