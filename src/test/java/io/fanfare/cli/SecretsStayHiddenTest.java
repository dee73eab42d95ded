package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.fanfare.TestReceiver;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.TableRows;
import io.fanfare.database.TestDatabase;
import io.fanfare.database.WalReader;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A service is given secrets of every kind and uses them, in right ways and in wrong ones. None is
 * in what it logs at its most talkative, in an error, in its metrics, in its database, or in the
 * files that the database writes ahead.
 */
class SecretsStayHiddenTest {
  private static final String ADMIN_TOKEN = "canary-admin-token-0123456789";
  private static final String METRICS_TOKEN = "canary-metrics-token-0123456789";
  private static final String SECRETS_KEY = "Y2FuYXJ5LWtleS1vZi0zMi1ieXRlcy1mb3ItdGVzdHM=";
  private static final String WEBHOOK_SECRET = "canary-webhook-secret";
  private static final String HEADER = "canary-header-value";
  private static final String WRONG = "canary-wrong-token";
  // No secret, and stored as it is: who looks in the right place sees it.
  private static final String VISIBLE = "canary-that-may-be-seen";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private String address;

  @Test
  void inLogsErrorsMetricsTheDatabaseAndItsWal() throws Exception {
    String database = TestDatabase.url();
    String password = database.replaceFirst(".*?:.*?:(.*)@.*", "$1");
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    AppenderBase<ILoggingEvent> listening = listening();
    root.addAppender(listening);
    Vertx vertx = Vertx.vertx();
    TestReceiver receiver = TestReceiver.start(vertx);
    try {
      WalReader wal = WalReader.fromNow(vertx, database);
      FanfareConfig config = Service.configure(null, environment(database));
      String created;
      try (Service service = Service.start(config)) {
        address = "http://127.0.0.1:" + service.fanfare().port();
        created = use(receiver);
        said.add(call("GET", "/metrics", METRICS_TOKEN, ""));
      }
      said.addAll(contents(vertx, database));
      said.addAll(wal.written());
      assertThat(said).as("the WAL was read").anyMatch(part -> part.contains(VISIBLE));
      assertThat(said).as("it was listened to").anyMatch(line -> line.contains("configuration: "));
      for (String secret :
          List.of(
              ADMIN_TOKEN,
              METRICS_TOKEN,
              SECRETS_KEY,
              WEBHOOK_SECRET,
              HEADER,
              WRONG,
              password,
              created)) {
        for (String form : List.of(secret, hex(secret), base64(secret))) {
          assertThat(said).noneMatch(line -> line.contains(form));
        }
      }
    } finally {
      root.detachAppender(listening);
      root.setLevel(before);
      receiver.close();
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Everything that touches a secret; gives back the token of a key that it made. */
  private String use(TestReceiver receiver) throws Exception {
    receiver.answer("/refuses", 500, "no");
    JsonObject webhook =
        new JsonObject()
            .put("name", VISIBLE)
            .put("url", receiver.url("/accepts"))
            .put("events", new JsonArray().add("*"))
            .put("secret", WEBHOOK_SECRET)
            .put("retry_policy", new JsonObject().put("max_attempts", 1))
            .put("headers", new JsonObject().put("X-Key", HEADER));
    String id =
        new JsonObject(call("POST", "/api/webhooks", ADMIN_TOKEN, webhook.encode()))
            .getString("webhook_id");
    call(
        "POST",
        "/api/webhooks",
        ADMIN_TOKEN,
        webhook.copy().put("url", receiver.url("/refuses")).encode());
    said.add(call("PUT", "/api/webhooks/" + id, ADMIN_TOKEN, webhook.encode()));
    said.add(call("POST", "/api/webhooks/" + id + "/test", ADMIN_TOKEN, "{}"));
    said.add(
        call("POST", "/api/events", ADMIN_TOKEN, "{\"event\":\"user.login\",\"data\":{\"a\":1}}"));
    await().until(() -> receiver.receipts().size() == 3);
    said.add(call("GET", "/api/webhooks", ADMIN_TOKEN, ""));
    said.add(call("GET", "/api/webhooks/" + id + "/deliveries", ADMIN_TOKEN, ""));
    wrongly(webhook);
    String key = call("POST", "/api/keys", ADMIN_TOKEN, "{\"name\":\"k\",\"role\":\"viewer\"}");
    said.add(call("GET", "/api/keys", ADMIN_TOKEN, ""));
    String token = new JsonObject(key).getString("token");
    said.add(call("GET", "/api/webhooks/" + id, token, ""));
    return token;
  }

  private void wrongly(JsonObject webhook) throws Exception {
    for (String body :
        List.of(
            webhook.copy().put("secret", WEBHOOK_SECRET.repeat(20)).encode(),
            webhook.copy().put("secret", new JsonArray().add(WEBHOOK_SECRET)).encode(),
            webhook.copy().put("secrets", WEBHOOK_SECRET).encode(),
            webhook.copy().put("headers", new JsonObject().put("Host", HEADER)).encode(),
            webhook.copy().put("headers", new JsonObject().put("X-A", HEADER + "\r\n")).encode(),
            webhook.copy().put("headers", HEADER).encode(),
            webhook.copy().put("url", "http://user:" + HEADER + "@example.com/").encode(),
            "{\"secret\": \"" + WEBHOOK_SECRET + "\", \"secret\": \"" + WEBHOOK_SECRET + "\"}",
            "{\"secret\": \"" + WEBHOOK_SECRET,
            "{\"secret\": " + WEBHOOK_SECRET + "}",
            WEBHOOK_SECRET)) {
      String answer = call("POST", "/api/webhooks", ADMIN_TOKEN, body);
      assertThat(answer).as(body).contains("\"error\"");
      said.add(answer);
    }
    said.add(call("GET", "/api/webhooks", WRONG, ""));
    said.add(call("GET", "/api/webhooks?token=" + WRONG, WRONG, ""));
    said.add(call("GET", "/metrics", WRONG, ""));
  }

  private String call(String method, String path, String token, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  private AppenderBase<ILoggingEvent> listening() {
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
              said.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
          }
        };
    appender.start();
    return appender;
  }

  private static Map<String, String> environment(String database) {
    return Map.of(
        "FANFARE_HTTP_PORT", "0",
        "FANFARE_DATABASE_URL", database,
        "FANFARE_AUTH_ADMIN_TOKEN", ADMIN_TOKEN,
        "FANFARE_HTTP_METRICS_TOKEN", METRICS_TOKEN,
        "FANFARE_SECRETS_KEYS", SECRETS_KEY,
        "FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8",
        "FANFARE_LOG_LEVEL", "trace");
  }

  private static List<String> contents(Vertx vertx, String url) throws Exception {
    List<String> rows = TableRows.read(vertx, url).values().stream().flatMap(List::stream).toList();
    assertThat(rows).as("the tables were read").hasSizeGreaterThan(5);
    return rows;
  }

  private static String hex(String secret) {
    return HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(String secret) {
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(secret.getBytes(StandardCharsets.UTF_8));
  }
}
