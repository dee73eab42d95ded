package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that means something in SQL: literal where any text is allowed, refused elsewhere. */
class HostileParametersJourneyTest {
  private static TestFanfare fanfare;
  private static ApiCalls api;
  private static String webhook;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    api = fanfare.calls();
    webhook =
        "/api/webhooks/"
            + fanfare.webhook("https://example.com/", new JsonObject()).getString("webhook_id");
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'",
        "' or '1'='1",
        "1; drop table webhook--",
        "name; select pg_sleep(9)",
        "' union select null--",
        "\\",
        "a\\'b",
        "%",
        "_",
        "$1",
        "NULL",
        "\u2019",
        "{}",
        "1e5",
        "0x10"
      })
  void isTextAndNothingElse(String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    Map<String, List<String>> closed =
        Map.of(
            "/api/webhooks",
            List.of("active", "limit", "offset", "sort", "order", "cursor"),
            webhook + "/deliveries",
            List.of("status", "event_type", "start_date", "end_date", "limit", "cursor"),
            webhook + "/stats",
            List.of("period", "start_date", "end_date"),
            "/api/events",
            List.of("event_type", "start_date", "end_date", "offset", "cursor"),
            "/api/keys",
            List.of("limit", "offset", "order", "cursor"));
    closed.forEach(
        (path, parameters) ->
            parameters.forEach(
                parameter -> {
                  Answer answer = api.get(path + "?" + parameter + "=" + encoded);
                  assertThat(answer.status()).as(path + parameter).isEqualTo(400);
                  assertThat(answer.faultyFields()).containsExactly(parameter);
                }));
    for (String path :
        List.of(
            "/api/webhooks/" + encoded,
            "/api/webhooks/" + encoded + "/deliveries",
            webhook + "/deliveries/" + encoded,
            "/api/events/" + encoded)) {
      assertThat(api.get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(api.delete("/api/keys/" + encoded).status()).isEqualTo(404);

    for (String list : List.of("/api/webhooks", "/api/events")) {
      assertThat(api.get(list + "?project_id=" + encoded).json().getInteger("total")).isZero();
    }
    JsonObject made =
        api.post(
                "/api/webhooks",
                new JsonObject()
                    .put("url", "https://example.com/")
                    .put("events", new JsonArray().add("*"))
                    .put("name", text)
                    .put("description", text)
                    .put("secret", text)
                    .put("project_id", text))
            .json();
    JsonObject read = api.get("/api/webhooks/" + made.getString("webhook_id")).json();
    for (String field : List.of("name", "description", "secret", "project_id")) {
      assertThat(read.getString(field)).isEqualTo(text);
    }
    JsonArray found =
        api.get("/api/webhooks?project_id=" + encoded).json().getJsonArray("webhooks");
    assertThat(found).hasSize(1);
    assertThat(found.getJsonObject(0).getString("webhook_id"))
        .isEqualTo(made.getString("webhook_id"));
  }
}
