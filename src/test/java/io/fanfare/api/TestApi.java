package io.fanfare.api;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
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
import java.time.Clock;
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

    @Override
    public void marked(Webhook webhook) {}
  }

  final Vertx vertx = Vertx.vertx();
  final Database database;
  final WebhookIndex index = new WebhookIndex();
  final RecordedLifecycle lifecycle = new RecordedLifecycle();
  final KeyStore keys;
  final WebhookStore store;
  final ListeningPort port = new ListeningPort();
  final Map<Integer, WebhookTotals> totals = new java.util.concurrent.ConcurrentHashMap<>();
  private final ApiCalls calls;

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
            List.of(
                webhooks,
                new KeysHandler(keys),
                new EventTypesHandler(),
                new WhoamiHandler("X-Trae-", "Trae-Webhooks/1.0")),
            List.of(
                new ReadinessCheck(
                    "database", () -> database.control().query("select 1").execute().mapEmpty())),
            () -> "fanfare_up 1\n",
            port);
    await(vertx.deployVerticle(new ApiVerticle(services)));
    await(vertx.deployVerticle(new ApiVerticle(services)));
    calls = new ApiCalls(port.getAsInt(), ADMIN_TOKEN);
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
    return calls.get(path);
  }

  Answer post(String path, JsonObject body) {
    return calls.post(path, body);
  }

  Answer put(String path, JsonObject body) {
    return calls.put(path, body);
  }

  Answer delete(String path) {
    return calls.delete(path);
  }

  Answer call(String method, String path, String body, String token, String... headers) {
    return calls.call(method, path, body, token, headers);
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
