package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a status, from outside: how it ends, how often it is sent, what is said. */
class StatusTest {
  private static final JsonObject TWO_QUICK_ATTEMPTS =
      new JsonObject()
          .put("max_attempts", 2)
          .put("backoff_strategy", "fixed")
          .put("initial_delay", 1)
          .put("max_delay", 1);

  private static final String DATABASE = TestDatabase.url();
  private static final String ENDED =
      """
      select w.url, concat_ws(' ', d.status, d.attempts, coalesce(d.response_code::text, 'null'),
        coalesce(w.disabled_reason, 'null')) as met
      from delivery d
      join webhook w on w.number = d.webhook
      where w.project_id = 'every' and d.status <> 'pending'
      """;

  private static TestFanfare fanfare;
  private static HostileReceiver receiver;
  private static int number;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start(DATABASE, Map.of());
    receiver = HostileReceiver.start();
    Pattern status = Pattern.compile("/answer/(\\d+)");
    receiver.otherwise(
        exchange -> {
          Matcher matcher = status.matcher(exchange.request().path());
          String code = matcher.lookingAt() ? matcher.group(1) : "200";
          boolean bodiless = code.startsWith("1") || code.equals("204") || code.equals("304");
          String length = bodiless ? "" : "content-length: 0\r\n";
          exchange.send("HTTP/1.1 " + code + " Whatever\r\n" + length + "\r\n");
        });
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @ParameterizedTest
  @CsvSource({
    "200, 1, success,",
    "201, 1, success,",
    "204, 1, success,",
    "206, 1, success,",
    "299, 1, success,",
    "300, 1, failed, Multiple Choices",
    "304, 1, failed, Not Modified",
    "307, 1, failed, Temporary Redirect",
    "400, 1, failed, Bad Request",
    "401, 1, failed, Unauthorized",
    "404, 1, failed, Not Found",
    "408, 1, failed, Request Timeout",
    "413, 1, failed, Content Too Large",
    "422, 1, failed, Unprocessable Content",
    "425, 1, failed, Too Early",
    "429, 1, failed, Too Many Requests",
    "451, 1, failed, Unavailable For Legal Reasons",
    "499, 1, failed, Client Error",
    "500, 2, failed, Internal Server Error",
    "501, 2, failed, Not Implemented",
    "502, 2, failed, Bad Gateway",
    "503, 2, failed, Service Unavailable",
    "504, 2, failed, Gateway Timeout",
    "508, 2, failed, Loop Detected",
    "599, 2, failed, Server Error"
  })
  void endsAsTheTableSays(int status, int requests, String end, String phrase) throws Exception {
    String path = path(status);
    JsonObject webhook = webhook(path, TWO_QUICK_ATTEMPTS);
    JsonObject delivery = deliver(webhook, path);
    assertThat(delivery.getString("status")).isEqualTo(end);
    assertThat(delivery.getInteger("attempts")).isEqualTo(requests);
    assertThat(delivery.getInteger("response_code")).isEqualTo(status);
    assertThat(receiver.requests(path)).hasSize(requests);
    if (phrase == null) {
      assertThat(delivery.containsKey("error")).isFalse();
      assertThat(delivery.containsKey("next_retry")).isFalse();
    } else {
      assertThat(delivery.getString("error")).isEqualTo("HTTP " + status + ": " + phrase);
      assertThat(delivery.containsKey("next_retry")).isTrue();
      assertThat(delivery.getValue("next_retry")).isNull();
      JsonObject read = await(fanfare.client().get(path(webhook)));
      assertThat(read.getJsonArray("recent_deliveries").getJsonObject(0).getString("error"))
          .isEqualTo(phrase);
    }
  }

  @Test
  void everyStatusThereIsEndsAsTheTableSays() throws Exception {
    List<Future<JsonObject>> made = new ArrayList<>();
    for (int status = 100; status < 600; status++) {
      made.add(
          fanfare
              .client()
              .post(
                  "/api/webhooks",
                  new JsonObject()
                      .put("name", "every status")
                      .put("url", receiver.url("/answer/" + status + "/every"))
                      .put("events", new JsonArray().add("*"))
                      .put("project_id", "every")
                      .put("timeout", 1)
                      .put("retry_policy", TWO_QUICK_ATTEMPTS)));
    }
    await(Future.all(made));
    fanfare.publishFor("every");

    PgConnection connection = await(PgConnection.connect(fanfare.vertx(), DATABASE));
    Map<String, String> met = new HashMap<>();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              for (Row row : await(connection.query(ENDED).execute())) {
                met.put(row.getString("url"), row.getString("met"));
              }
              return met.size() == made.size();
            });
    await(connection.close());

    SoftAssertions softly = new SoftAssertions();
    for (int status = 100; status < 600; status++) {
      softly
          .assertThat(met.get(receiver.url("/answer/" + status + "/every")))
          .as("%d", status)
          .isEqualTo(expected(status));
    }
    System.out.println("status.mismatches = " + softly.errorsCollected().size());
    softly.assertAll();
  }

  /** How it ends, attempts, code, why the webhook is inactive: the table of the contract. */
  private static String expected(int status) {
    if (status < 200) {
      return "failed 2 null null";
    }
    String code = status + " " + (status == 410 ? "gone" : "null");
    return status < 300 ? "success 1 " + code : "failed " + (status < 500 ? 1 : 2) + " " + code;
  }

  @ParameterizedTest
  @CsvSource({"404, 2", "429, 2", "410, 2", "500, 1", "503, 1"})
  void aListOfStatusesReplacesTheDefault(int status, int requests) throws Exception {
    String path = path(status);
    JsonObject policy =
        TWO_QUICK_ATTEMPTS
            .copy()
            .put("retry_on_status", new JsonArray().add(404).add(429).add(410));
    JsonObject webhook = webhook(path, policy);
    assertThat(deliver(webhook, path).getInteger("attempts")).isEqualTo(requests);
    assertThat(await(fanfare.client().get(path(webhook))).getBoolean("active")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"408, 2", "425, 2", "429, 2", "409, 1", "404, 1"})
  void theReceiverMayAskForAnotherAttempt(int status, int requests) throws Exception {
    String path = path(status);
    receiver.answer(
        path, "HTTP/1.1 %d X\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n".formatted(status));
    assertThat(deliver(webhook(path, TWO_QUICK_ATTEMPTS), path).getInteger("attempts"))
        .isEqualTo(requests);
  }

  @Test
  void retryAfterMovesTheNextAttempt() throws Exception {
    String path = path(503);
    receiver.answer(path, "HTTP/1.1 503 X\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n");
    deliver(webhook(path, TWO_QUICK_ATTEMPTS), path);
    long gap =
        receiver.requests(path).get(1).arrivedNanos()
            - receiver.requests(path).get(0).arrivedNanos();
    assertThat(Duration.ofNanos(gap)).isBetween(Duration.ofMillis(990), Duration.ofMillis(2_500));
  }

  @Test
  void attemptsWaitAsLongAsThePolicySays() throws Exception {
    String path = path(500);
    JsonObject policy =
        new JsonObject()
            .put("max_attempts", 4)
            .put("backoff_strategy", "linear")
            .put("initial_delay", 100)
            .put("max_delay", 250);
    deliver(webhook(path, policy), path);
    long[] least = {100, 200, 250};
    for (int i = 0; i < least.length; i++) {
      long gap =
          receiver.requests(path).get(i + 1).arrivedNanos()
              - receiver.requests(path).get(i).arrivedNanos();
      assertThat(Duration.ofNanos(gap)).as("gap %d", i).isGreaterThan(Duration.ofMillis(least[i]));
    }
  }

  private static String path(int status) {
    return "/answer/" + status + "/" + ++number;
  }

  private static JsonObject webhook(String path, JsonObject policy) throws TimeoutException {
    return fanfare.webhook(
        receiver.url(path), new JsonObject().put("project_id", path).put("retry_policy", policy));
  }

  /** Publishes one event for the webhook and waits for the end of its delivery. */
  private static JsonObject deliver(JsonObject webhook, String project) throws TimeoutException {
    fanfare.publishFor(project);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                await(fanfare.client().get(path(webhook) + "/deliveries?status=pending"))
                        .getInteger("total")
                    == 0);
    return await(fanfare.client().get(path(webhook) + "/deliveries"))
        .getJsonArray("deliveries")
        .getJsonObject(0);
  }

  private static String path(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }
}
