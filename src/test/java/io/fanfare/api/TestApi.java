package io.fanfare.api;

import io.fanfare.config.AuthConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.HttpConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.fanfare.stats.WebhookTotals;
import io.fanfare.webhook.HeaderRules;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.SecretSeal;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.fanfare.webhook.WebhookLifecycle;
import io.fanfare.webhook.WebhookRegistry;
import io.fanfare.webhook.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** The API of a service without deliveries, on a database of its own; called as by a stranger. */
final class TestApi implements AutoCloseable {
  static final String ADMIN_TOKEN = "an-admin-token-for-tests";

  /** An answer: status, headers and body. */
  record Answer(int status, Map<String, List<String>> headers, String text) {
    JsonObject json() {
      return new JsonObject(text);
    }

    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), List.of("")).get(0);
    }

    List<String> faultyFields() {
      List<String> fields = new ArrayList<>();
      if (json().containsKey("details")) {
        json()
            .getJsonArray("details")
            .forEach(d -> fields.add(((JsonObject) d).getString("field")));
      }
      return fields;
    }
  }

  /** What the delivery room was told, in order. */
  static final class RecordedLifecycle implements WebhookLifecycle {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final AtomicReference<Future<Void>> deletedAnswer =
        new AtomicReference<>(Future.succeededFuture());

    @Override
    public Future<Void> changed(Webhook before, Webhook after, boolean closeCircuit) {
      calls.add("changed " + after.name() + (closeCircuit ? ", circuit closed" : ""));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> deleted(Webhook webhook) {
      calls.add("deleted " + webhook.name());
      return deletedAnswer.get();
    }
  }

  final Vertx vertx = Vertx.vertx();
  final Database database;
  final WebhookIndex index = new WebhookIndex();
  final RecordedLifecycle lifecycle = new RecordedLifecycle();
  final KeyStore keys;
  final WebhookStore store;
  final ListeningPort port = new ListeningPort();
  final Map<Integer, WebhookTotals> totals = new java.util.concurrent.ConcurrentHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestApi() {
    this(List.of(), UnaryOperator.identity());
  }

  TestApi(List<String> allowedNetworks, UnaryOperator<HttpConfig> change) {
    database = await(TestDatabase.create(vertx));
    IdGenerator ids = new IdGenerator(Clock.systemUTC(), new SplittableRandom(7), IdGenerator.ZERO);
    keys =
        new KeyStore(database.control(), ids, new java.security.SecureRandom(), Clock.systemUTC());
    store =
        new WebhookStore(
            database.control(),
            database.read(),
            new SecretSeal(List.of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
    WebhooksHandler webhooks =
        new WebhooksHandler(
            new WebhookRegistry(vertx, index, store, lifecycle, Clock.systemUTC()),
            new NetworkPolicy(allowedNetworks, true, port),
            new HeaderRules("X-Trae-"),
            numbers ->
                Future.succeededFuture(
                    numbers.stream()
                        .collect(
                            java.util.stream.Collectors.toMap(
                                n -> n, n -> totals.getOrDefault(n, WebhookTotals.NONE)))),
            HistoryReader.none(),
            ids);
    HttpConfig http = change.apply(defaults());
    ApiServices services =
        ApiServices.of(
            http,
            new AuthConfig(ADMIN_TOKEN, 20),
            keys,
            List.of(webhooks, new KeysHandler(keys), new EventTypesHandler()),
            List.of(
                new ReadinessCheck(
                    "database", () -> database.control().query("select 1").execute().mapEmpty())),
            () -> "fanfare_up 1\n",
            port);
    await(vertx.deployVerticle(new ApiVerticle(services)));
    await(vertx.deployVerticle(new ApiVerticle(services)));
  }

  private static HttpConfig defaults() {
    HttpConfig http = FanfareConfig.load(null, Map.of()).config().http();
    return new HttpConfig(
        http.host(),
        0,
        http.corsOrigins(),
        http.metricsToken(),
        http.bodyBytesMax(),
        http.connectionsMax(),
        http.idleTimeout(),
        http.readTimeout());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  String newKey(Role role, String projectId) {
    return await(keys.create("test", role, projectId, null)).token();
  }

  Answer get(String path) {
    return call("GET", path, null, ADMIN_TOKEN);
  }

  Answer post(String path, JsonObject body) {
    return call("POST", path, body.encode(), ADMIN_TOKEN);
  }

  Answer put(String path, JsonObject body) {
    return call("PUT", path, body.encode(), ADMIN_TOKEN);
  }

  Answer delete(String path) {
    return call("DELETE", path, null, ADMIN_TOKEN);
  }

  Answer call(String method, String path, String body, String token, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.getAsInt() + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    boolean typed = false;
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
      typed |= headers[i].equals("Content-Type");
    }
    if (body != null && !typed) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers().map(), response.body());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The smallest webhook that can be created. */
  static JsonObject smallest() {
    return new JsonObject()
        .put("url", "https://example.com/hook")
        .put("events", new io.vertx.core.json.JsonArray().add("build.completed"))
        .put("name", "smallest");
  }

  @Override
  public void close() {
    await(vertx.close().eventually(() -> Future.succeededFuture()));
  }
}
