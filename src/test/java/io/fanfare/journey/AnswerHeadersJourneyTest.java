package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every attempt shows the headers of its answer, also those that have no row of their own. */
class AnswerHeadersJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void headersThatRepeatAreShownWithEachDelivery() throws Exception {
    int[] answered = {0};
    receiver.answer(
        "/usual",
        (request, body) ->
            request
                .response()
                .putHeader("Server", "unit")
                .putHeader("Date", "Mon, 01 Jan 2024 00:00:0" + answered[0]++ + " GMT")
                .putHeader("X-Twice", (Iterable<String>) List.of("a", "b"))
                .end("OK"));

    List<JsonObject> headers = headersOf("usual", 5);

    assertThat(headers)
        .allSatisfy(
            shown -> {
              assertThat(shown.getString("server")).isEqualTo("unit");
              assertThat(shown.getJsonArray("x-twice"))
                  .isEqualTo(new JsonArray().add("a").add("b"));
              assertThat(shown.getString("content-length")).isEqualTo("2");
            });
  }

  @Test
  void headersThatDifferAreShownAsTheyWere() throws Exception {
    int[] answered = {0};
    receiver.answer(
        "/changing",
        (request, body) ->
            request.response().putHeader("X-Request-Id", "r" + answered[0]++).end("OK"));

    List<JsonObject> headers = headersOf("changing", 4);

    assertThat(headers)
        .extracting(shown -> shown.getString("x-request-id"))
        .containsExactlyInAnyOrder("r0", "r1", "r2", "r3");
  }

  private static List<JsonObject> headersOf(String project, int deliveries)
      throws TimeoutException {
    JsonObject webhook =
        fanfare.webhook(receiver.url("/" + project), new JsonObject().put("project_id", project));
    String path = "/api/webhooks/" + webhook.getString("webhook_id");
    for (int i = 1; i <= deliveries; i++) {
      int ended = i;
      await(
          fanfare
              .client()
              .post(
                  "/api/events",
                  new JsonObject()
                      .put("event", "build.completed")
                      .put("project_id", project)
                      .put("data", new JsonObject())));
      await()
          .until(
              () -> get(path).getJsonObject("stats").getInteger("successful_deliveries") == ended);
    }
    List<JsonObject> headers = new ArrayList<>();
    for (Object item : get(path + "/deliveries").getJsonArray("deliveries")) {
      String id = ((JsonObject) item).getString("delivery_id");
      JsonArray log = get(path + "/deliveries/" + id).getJsonArray("attempts_log");
      assertThat(log.size()).isEqualTo(1);
      headers.add(log.getJsonObject(0).getJsonObject("response_headers"));
    }
    return headers;
  }

  private static JsonObject get(String path) throws TimeoutException {
    return await(fanfare.client().get(path));
  }
}
