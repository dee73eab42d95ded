package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code log.attempts} and {@code log.format}: what the program writes about each attempt. */
class AttemptLogTest {
  private static final Pattern READY = Pattern.compile("ready: http://127\\.0\\.0\\.1:(\\d+)/");
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private TestReceiver receiver;
  private ApiCalls api;

  @BeforeEach
  void start() throws TimeoutException {
    receiver = TestReceiver.start(vertx);
    receiver.answer(
        "/flaky",
        (request, body) -> {
          int status = receiver.receipts().size() == 1 ? 500 : 200;
          request.response().setStatusCode(status).putHeader("X-Answer", "secret").end("secret");
        });
  }

  @AfterEach
  void stop() throws TimeoutException {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void isOneJsonObjectAnAttemptWithItsIdsAndFigures() throws Exception {
    Process service = service(Map.of("FANFARE_LOG_ATTEMPTS", "true", "FANFARE_LOG_FORMAT", "json"));
    JsonObject published = deliver();
    List<String> log = end(service);

    assertThat(String.join("\n", log)).doesNotContain("secret");
    List<JsonObject> lines =
        log.stream()
            .map(JsonObject::new)
            .filter(line -> line.getString("logger").equals("fanfare.attempts"))
            .toList();
    assertThat(lines).hasSize(2);
    JsonObject first = lines.get(0);
    JsonObject second = lines.get(1);
    assertThat(first.getString("level")).isEqualTo("INFO");
    assertThat(first.getString("message")).isEqualTo("attempt");
    assertThat(first.getString("event_id")).isEqualTo(published.getString("event_id"));
    assertThat(first.getString("delivery_id"))
        .isEqualTo(receiver.receipts().get(0).header("x-trae-delivery"));
    assertThat(first.getString("webhook_id"))
        .isEqualTo(receiver.receipts().get(0).header("x-trae-webhook-id"));
    assertThat(first.getString("event_type")).isEqualTo("build.failed");
    assertThat(first.getInteger("attempt")).isEqualTo(1);
    assertThat(first.getBoolean("probe")).isFalse();
    assertThat(first.getString("outcome")).isEqualTo("answer");
    assertThat(first.getString("status")).isEqualTo("pending");
    assertThat(first.getInteger("response_code")).isEqualTo(500);
    assertThat(first.getInteger("response_time")).isNotNegative();
    assertThat(first.getInteger("duration")).isNotNegative();
    assertThat(first.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    assertThat(Instant.parse(first.getString("next_at")))
        .isAfter(Instant.parse(first.getString("started_at")));
    assertThat(first.getString("trace_id")).isEqualTo(TRACE_ID);
    assertThat(second.getInteger("attempt")).isEqualTo(2);
    assertThat(second.getString("status")).isEqualTo("success");
    assertThat(second.getInteger("response_code")).isEqualTo(200);
    assertThat(second.fieldNames()).doesNotContain("error", "next_at");
  }

  @Test
  void isOneLineOfTextAnAttemptForPeople() throws Exception {
    Process service = service(Map.of("FANFARE_LOG_ATTEMPTS", "true", "FANFARE_LOG_LEVEL", "error"));
    JsonObject published = deliver();
    List<String> log = end(service);

    assertThat(log).hasSize(2);
    assertThat(log.get(0))
        .contains(" INFO ", " fanfare.attempts attempt delivery_id=del_")
        .contains(" event_id=" + published.getString("event_id") + " ")
        .contains(" response_code=500 ", " error=\"HTTP 500: Internal Server Error\" ")
        .endsWith(" trace_id=" + TRACE_ID);
    assertThat(log.get(1)).contains(" attempt=2 ", " status=success ");
  }

  @Test
  void isNotThereUnlessAskedFor() throws Exception {
    Process service = service(Map.of("FANFARE_LOG_FORMAT", "json"));
    deliver();
    List<String> log = end(service);

    assertThat(log).allSatisfy(line -> assertThat(new JsonObject(line)).isNotEmpty());
    assertThat(log).noneMatch(line -> line.contains("attempt"));
  }

  /** An event that is accepted at the second attempt. */
  private JsonObject deliver() {
    JsonObject webhook =
        new JsonObject()
            .put("name", "test")
            .put("url", receiver.url("/flaky?key=secret"))
            .put("events", new JsonArray().add("*"))
            .put("secret", "secret")
            .put("headers", new JsonObject().put("X-Key", "secret"))
            .put("retry_policy", new JsonObject().put("initial_delay", 1));
    String id = api.post("/api/webhooks", webhook).json().getString("webhook_id");
    String event =
        new JsonObject()
            .put("event", "build.failed")
            .put("data", new JsonObject().put("word", "secret"))
            .encode();
    JsonObject published =
        api.post("/api/events", event, "traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-01")
            .json();
    await()
        .until(
            () ->
                api.get("/api/webhooks/" + id)
                        .json()
                        .getJsonObject("stats")
                        .getInteger("successful_deliveries")
                    == 1);
    return published;
  }

  private Process service(Map<String, String> more) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), "io.fanfare.cli.Main", "start")
            .redirectError(folder.resolve("log").toFile());
    Map<String, String> environment = new HashMap<>(more);
    environment.put("FANFARE_HTTP_PORT", "0");
    environment.put("FANFARE_DATABASE_URL", TestDatabase.url());
    environment.put("FANFARE_AUTH_ADMIN_TOKEN", TestFanfare.TOKEN);
    environment.put("FANFARE_SECRETS_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    environment.put("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8");
    builder.environment().putAll(environment);
    Process process = builder.start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        api = new ApiCalls(Integer.parseInt(ready.group(1)), TestFanfare.TOKEN);
        return process;
      }
    }
    throw new IOException("it did not start: " + Files.readString(folder.resolve("log")));
  }

  /** Stops it in good order, and says what it logged. */
  private List<String> end(Process process) throws Exception {
    process.destroy();
    assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return Files.readAllLines(folder.resolve("log"));
  }
}
