package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestReceiver;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Health, metrics and the drain (contract, section 8) of the service as the program runs it. */
class OperationsTest {
  private static final String TOKEN = "test-admin-token-0123456789";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\""
              + "(?:,[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*,?})?"
              + " (NaN|[+-]Inf|[-+0-9.eE]+)( \\d+)?");

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String database = TestDatabase.url();
  private TestReceiver receiver;
  private Service service;

  @BeforeEach
  void start() throws Exception {
    receiver = TestReceiver.start(vertx);
    service = start(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    receiver.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void drainsBeforeItStops() throws Exception {
    List<HttpServerRequest> held = new ArrayList<>();
    receiver.answer("/slow", (request, body) -> held.add(request));
    webhook("/slow");
    assertThat(publish().statusCode()).isEqualTo(202);
    await().until(() -> held.size() == 1);

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);
    await().until(() -> get("/health/ready").statusCode() == 503);
    HttpResponse<String> refused = publish();
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(new JsonObject(refused.body()).getString("error")).isEqualTo("unavailable");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(stopped).isNotDone();
    held.get(0).response().end("OK");
    stopped.get(30, TimeUnit.SECONDS);

    service = start(Map.of());
    JsonObject stats =
        new JsonObject(get("/api/webhooks").body())
            .getJsonArray("webhooks")
            .getJsonObject(0)
            .getJsonObject("stats");
    assertThat(stats.getInteger("successful_deliveries")).isEqualTo(1);
    assertThat(stats.getInteger("total_deliveries")).isEqualTo(1);
    assertThat(receiver.receipts()).hasSize(1);
  }

  @Test
  void givesBackWhatDoesNotEndInTimeAndSendsItAfterTheRestart() throws Exception {
    service.close();
    service = start(Map.of("FANFARE_DELIVERY_DRAIN_TIMEOUT", "100ms"));
    List<HttpServerRequest> held = new ArrayList<>();
    receiver.answer("/hang", (request, body) -> held.add(request));
    webhook("/hang");
    publish();
    await().until(() -> held.size() == 1);

    service.close();
    receiver.answer("/hang", 200, "OK");
    service = start(Map.of());

    await().until(() -> receiver.receipts().size() == 2);
    assertThat(receiver.receipts().get(1).header("x-trae-delivery"))
        .isEqualTo(receiver.receipts().get(0).header("x-trae-delivery"));
  }

  @Test
  void exportsMetricsThatPrometheusReads() throws Exception {
    webhook("/hook");
    publish();
    await().until(() -> receiver.receipts().size() == 1);

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body()).endsWith("\n");
    Set<String> types = new HashSet<>();
    Set<String> samples = new HashSet<>();
    for (String line : answer.body().lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        assertThat(line).matches("# TYPE \\S+ (counter|gauge|histogram|summary|untyped)");
        assertThat(types.add(line.split(" ", -1)[2])).as("one type: %s", line).isTrue();
      } else if (!line.startsWith("# HELP ")) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("a sample: %s", line).isTrue();
        String name = sample.group(1);
        assertThat(samples.add(name + sample.group(2))).as("once: %s", line).isTrue();
        String family = name.replaceFirst("_(total|sum|count|bucket|max|created|info)$", "");
        assertThat(types).as("typed: %s", line).containsAnyOf(name, family);
      }
    }
    assertThat(types).contains("fanfare_webhooks", "jvm_memory_used_bytes");
    assertThat(answer.body())
        .as("bounded labels")
        .doesNotContain("webhook_0", "del_0", "event_0", ":" + receiver.port());
  }

  @Test
  void asksForTheMetricsTokenWhereOneIsSet() throws Exception {
    service.close();
    service = start(Map.of("FANFARE_HTTP_METRICS_TOKEN", "metrics-token-0123456789"));

    for (String path : List.of("/metrics", "/health/live", "/health/ready")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(401);
      HttpRequest request =
          request(path).setHeader("Authorization", "Bearer metrics-token-0123456789").build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).as(path).isEqualTo(200);
    }
  }

  private Service start(Map<String, String> more) throws InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("FANFARE_HTTP_PORT", "0");
    environment.put("FANFARE_DATABASE_URL", database);
    environment.put("FANFARE_AUTH_ADMIN_TOKEN", TOKEN);
    environment.put("FANFARE_SECRETS_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    environment.put("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8");
    environment.putAll(more);
    return Service.start(FanfareConfig.load(null, environment).config());
  }

  private void webhook(String path) throws Exception {
    JsonObject webhook =
        new JsonObject()
            .put("name", "test")
            .put("url", receiver.url(path))
            .put("events", new JsonArray().add("*"));
    assertThat(post("/api/webhooks", webhook).statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> publish() throws Exception {
    return post(
        "/api/events", new JsonObject().put("event", "user.login").put("data", new JsonObject()));
  }

  private HttpResponse<String> post(String path, JsonObject body) throws Exception {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.encode()))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.fanfare().port() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }
}
