package io.fanfare.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.event.EventType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The service answers in the shapes of the API document, and as {@code openapi.yaml} describes it.
 */
class DocumentApiTest {
  private static final String MISSING = "0000000000000000000000000a";

  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiDescription description;

  private record Answer(int status, JsonObject body) {}

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    receiver.answer("/failing", 500, "Internal Server Error");
    description = ApiDescription.load(fanfare.vertx());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void createAnswersAsInTheDocument() throws Exception {
    JsonObject request = Document.example("create-webhook.request");
    JsonObject webhook = checked("createWebhook", 201, "POST", "/api/webhooks", request);
    assertThat(ShapeMatcher.ofDocument("create-webhook.response").differences(webhook)).isEmpty();
    request.forEach(
        member -> assertThat(webhook.getValue(member.getKey())).isEqualTo(member.getValue()));
  }

  @Test
  void whatWasReadCanBeWrittenBack() throws Exception {
    String path = webhook("/written", new JsonObject());
    JsonObject read = checked("getWebhook", 200, "GET", path, null);
    JsonObject updated = checked("updateWebhook", 200, "PUT", path, read);
    assertThat(updated.getString("url")).isEqualTo(read.getString("url"));
    JsonObject again = checked("getWebhook", 200, "GET", path, null);
    assertThat(again.getString("secret")).isEqualTo(read.getString("secret"));
    assertThat(checked("createWebhook", 201, "POST", "/api/webhooks", read).getString("webhook_id"))
        .isNotEqualTo(read.getString("webhook_id"));
  }

  @Test
  void updateAnswersAsInTheDocument() throws Exception {
    String path = webhook("/updated", new JsonObject().put("description", "Receive notifications"));
    JsonObject request = Document.example("update-webhook.request");
    JsonObject updated = checked("updateWebhook", 200, "PUT", path, request);
    assertThat(ShapeMatcher.ofDocument("update-webhook.response").differences(updated)).isEmpty();
    request.forEach(
        member -> assertThat(updated.getValue(member.getKey())).isEqualTo(member.getValue()));
  }

  @Test
  void historyAndStatisticsAnswerAsInTheDocument() throws Exception {
    JsonObject once = new JsonObject().put("max_attempts", 1);
    String good = webhook("/good", full("p-history"));
    // Few enough that its circuit stays closed: it opens with the tenth failure in a row.
    JsonArray few = new JsonArray().add("build.*").add("security.alert");
    JsonObject failing = full("p-history").put("retry_policy", once).put("events", few);
    String bad = webhook("/failing", failing);
    for (EventType type : EventType.all()) {
      JsonObject event = type.sample().put("project_id", "p-history");
      checked("publishEvent", 202, "POST", "/api/events", event);
    }
    await().until(() -> ended(good) == 19 && ended(bad) == 4);

    for (String path : new String[] {good, bad}) {
      JsonObject webhook = checked("getWebhook", 200, "GET", path, null);
      assertThat(ShapeMatcher.ofDocument("get-webhook.response").differences(webhook)).isEmpty();
      JsonObject deliveries =
          checked("listDeliveries", 200, "GET", path + "/deliveries?limit=100", null);
      assertThat(deliveries.getInteger("total")).isEqualTo(ended(path));
      assertThat(ShapeMatcher.ofDocument("list-deliveries.response").differences(deliveries))
          .isEmpty();
      JsonObject first = deliveries.getJsonArray("deliveries").getJsonObject(0);
      checked(
          "getDelivery", 200, "GET", path + "/deliveries/" + first.getString("delivery_id"), null);
      checked("getEvent", 200, "GET", "/api/events/" + first.getString("event_id"), null);
      for (String period : new String[] {"hour", "day", "week", "month"}) {
        JsonObject statistics =
            checked("getWebhookStats", 200, "GET", path + "/stats?period=" + period, null);
        assertThat(ShapeMatcher.ofDocument("get-stats.response").differences(statistics))
            .as("%s %s", path, period)
            .isEmpty();
      }
    }
    JsonObject list =
        checked("listWebhooks", 200, "GET", "/api/webhooks?project_id=p-history", null);
    assertThat(ShapeMatcher.ofDocument("list-webhooks.response").differences(list)).isEmpty();
    checked("listEvents", 200, "GET", "/api/events?project_id=p-history&limit=5", null);
  }

  @Test
  void redeliverAnswersAsInTheDocument() throws Exception {
    JsonObject once = new JsonObject().put("max_attempts", 1);
    String path = webhook("/failing", full("p-again").put("retry_policy", once));
    JsonObject event = EventType.BUILD_FAILED.sample().put("project_id", "p-again");
    checked("publishEvent", 202, "POST", "/api/events", event);
    await().until(() -> ended(path) == 1);
    String failed =
        checked("listDeliveries", 200, "GET", path + "/deliveries?status=failed", null)
            .getJsonArray("deliveries")
            .getJsonObject(0)
            .getString("delivery_id");
    JsonObject again =
        checked("redeliver", 202, "POST", path + "/deliveries/" + failed + "/redeliver", null);
    assertThat(ShapeMatcher.ofDocument("redeliver.response").differences(again)).isEmpty();
    assertThat(again.getString("original_delivery_id")).isEqualTo(failed);
  }

  @Test
  void testAnswersAsInTheDocument() throws Exception {
    String path = webhook("/tested", new JsonObject());
    JsonObject request = Document.example("test-webhook.request");
    JsonObject tested = checked("testWebhook", 200, "POST", path + "/test", request);
    assertThat(ShapeMatcher.ofDocument("test-webhook.response").differences(tested)).isEmpty();
    assertThat(new JsonObject(receiver.receipts("/tested").get(0).body()).getJsonObject("data"))
        .isEqualTo(request.getJsonObject("payload"));
    JsonObject refused =
        checked("testWebhook", 200, "POST", webhook("/failing", new JsonObject()) + "/test", null);
    assertThat(refused.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    checked("listDeliveries", 200, "GET", path + "/deliveries", null);
  }

  @Test
  void deleteAnswersAsInTheDocument() throws Exception {
    String path = webhook("/deleted", new JsonObject());
    JsonObject deleted = checked("deleteWebhook", 200, "DELETE", path, null);
    assertThat(ShapeMatcher.ofDocument("delete-webhook.response").differences(deleted)).isEmpty();
    assertThat(deleted.getString("message")).isEqualTo("Webhook deleted successfully");
    checked("getWebhook", 404, "GET", path, null);
  }

  @Test
  void theAnswersThatAreOursAreAsDescribed() throws Exception {
    JsonObject types = checked("listEventTypes", 200, "GET", "/api/event-types", null);
    assertThat(types.getJsonArray("event_types")).hasSize(19);
    JsonObject event = EventType.BUILD_STARTED.sample();
    checked(
        "publishEvents",
        202,
        "POST",
        "/api/events/batch",
        new JsonObject().put("events", new JsonArray().add(event).add(event)));
    JsonObject key =
        checked(
            "createKey",
            201,
            "POST",
            "/api/keys",
            new JsonObject().put("name", "of a test").put("role", "viewer"));
    checked("listKeys", 200, "GET", "/api/keys?order=asc", null);
    checked("revokeKey", 200, "DELETE", "/api/keys/" + key.getString("key_id"), null);
    checked("isLive", 200, "GET", "/health/live", null);
    checked("isReady", 200, "GET", "/health/ready", null);
  }

  @ParameterizedTest
  @CsvSource({
    "createWebhook, 400, POST, /api/webhooks",
    "updateWebhook, 404, PUT, /api/webhooks/webhook_" + MISSING,
    "getWebhook, 404, GET, /api/webhooks/webhook_" + MISSING,
    "deleteWebhook, 404, DELETE, /api/webhooks/webhook_" + MISSING,
    "listWebhooks, 400, GET, /api/webhooks?limit=0",
    "listDeliveries, 404, GET, /api/webhooks/webhook_" + MISSING + "/deliveries",
    "getWebhookStats, 404, GET, /api/webhooks/webhook_" + MISSING + "/stats",
    "publishEvent, 400, POST, /api/events",
    "publishEvents, 400, POST, /api/events/batch",
    "listEvents, 400, GET, /api/events?unknown=1",
    "getEvent, 404, GET, /api/events/event_" + MISSING,
    "createKey, 400, POST, /api/keys",
    "revokeKey, 404, DELETE, /api/keys/key_" + MISSING
  })
  void theErrorsAreAsDescribed(String operation, int status, String method, String path)
      throws Exception {
    JsonObject body = method.equals("POST") || method.equals("PUT") ? new JsonObject() : null;
    assertThat(checked(operation, status, method, path, body).getString("message")).isNotEmpty();
  }

  /** A webhook without optional members that are null where the document has a value. */
  private static JsonObject full(String project) {
    return new JsonObject().put("description", "Of a test").put("project_id", project);
  }

  private static String webhook(String receiverPath, JsonObject more) throws Exception {
    JsonObject webhook = fanfare.webhook(receiver.url(receiverPath), more);
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }

  private static int ended(String path) throws Exception {
    JsonObject stats = call("GET", path, null).body().getJsonObject("stats");
    return stats.getInteger("successful_deliveries") + stats.getInteger("failed_deliveries");
  }

  private static JsonObject checked(
      String operation, int status, String method, String path, @Nullable JsonObject body)
      throws Exception {
    Answer answer = call(method, path, body);
    assertThat(answer.status()).as("%s: %s", operation, answer.body()).isEqualTo(status);
    assertThat(description.faultsOfResponse(operation, status, answer.body()))
        .as("%s: %s", operation, answer.body().encodePrettily())
        .isEmpty();
    return answer.body();
  }

  private static Answer call(String method, String path, @Nullable JsonObject body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fanfare.port() + path))
            .header("Authorization", "Bearer " + TestFanfare.TOKEN);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .method(method, HttpRequest.BodyPublishers.ofString(body.encode()))
          .header("Content-Type", "application/json");
    }
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), new JsonObject(response.body()));
  }
}
