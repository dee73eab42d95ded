package io.fanfare;

import io.fanfare.client.FanfareClient;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.TestDatabase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A whole service on a database of its own, within the test's JVM. */
public final class TestFanfare implements AutoCloseable {
  /** The bootstrap admin token. */
  public static final String TOKEN = "test-admin-token-0123456789";

  private static final long SECONDS = 60;

  private final Vertx vertx;
  private final Fanfare fanfare;
  private final String deployment;
  private final FanfareClient client;

  private TestFanfare(Vertx vertx, Fanfare fanfare, String deployment) {
    this.vertx = vertx;
    this.fanfare = fanfare;
    this.deployment = deployment;
    this.client = new FanfareClient(vertx, "127.0.0.1", fanfare.port(), TOKEN);
  }

  /** A service on a fresh database. */
  public static TestFanfare start() throws TimeoutException {
    return start(TestDatabase.url(), Map.of());
  }

  /** A service on a fresh database, configured as by these environment variables. */
  public static TestFanfare start(Map<String, String> environment) throws TimeoutException {
    return start(TestDatabase.url(), environment);
  }

  /** A service on this database. */
  public static TestFanfare start(String databaseUrl, Map<String, String> environment)
      throws TimeoutException {
    return start(databaseUrl, new VertxOptions().setEventLoopPoolSize(2), environment);
  }

  /** A service on a fresh database, in a Vert.x of this kind. */
  public static TestFanfare start(VertxOptions options, Map<String, String> environment)
      throws TimeoutException {
    return start(TestDatabase.url(), options, environment);
  }

  /** A service on this database, in a Vert.x of this kind. */
  public static TestFanfare start(
      String databaseUrl, VertxOptions options, Map<String, String> environment)
      throws TimeoutException {
    Map<String, String> all = new HashMap<>();
    all.put("FANFARE_HTTP_PORT", "0");
    all.put("FANFARE_DATABASE_URL", databaseUrl);
    all.put("FANFARE_AUTH_ADMIN_TOKEN", TOKEN);
    all.put("FANFARE_SECRETS_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    all.put("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8");
    all.putAll(environment);
    FanfareConfig config = FanfareConfig.load(null, all).config();
    Vertx vertx = Vertx.vertx(options);
    Fanfare fanfare =
        new Fanfare(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), token -> {});
    String deployment = vertx.deployVerticle(fanfare).await(SECONDS, TimeUnit.SECONDS);
    return new TestFanfare(vertx, fanfare, deployment);
  }

  /** The Vert.x it is deployed in. */
  public Vertx vertx() {
    return vertx;
  }

  /** Completes when it has stopped by itself, because another process has taken over. */
  public Future<Void> takenOver() {
    return fanfare.takenOver();
  }

  /** Where the API listens. */
  public int port() {
    return fanfare.port();
  }

  /** A client with the admin token. */
  public FanfareClient client() {
    return client;
  }

  /** A client with another token. */
  public FanfareClient client(String token) {
    return new FanfareClient(vertx, "127.0.0.1", fanfare.port(), token);
  }

  /** Calls with the admin token whose answers may be errors. */
  public ApiCalls calls() {
    return new ApiCalls(fanfare.port(), TOKEN);
  }

  /**
   * The token of a new API key.
   *
   * @param projectId null for all
   */
  public String key(String role, String projectId) throws TimeoutException {
    return await(
            client.post(
                "/api/keys",
                new JsonObject()
                    .put("name", "test")
                    .put("role", role)
                    .put("project_id", projectId)))
        .getString("token");
  }

  /** Registers a webhook for every event; {@code more} may say otherwise. */
  public JsonObject webhook(String url, JsonObject more) throws TimeoutException {
    return await(
        client.post(
            "/api/webhooks",
            new JsonObject()
                .put("name", "test")
                .put("url", url)
                .put("events", new JsonArray().add("*"))
                .mergeIn(more)));
  }

  /** Publishes an event and returns the answer. */
  public JsonObject publish(String type, JsonObject data) throws TimeoutException {
    return await(client.post("/api/events", new JsonObject().put("event", type).put("data", data)));
  }

  /** Publishes an event of a project and returns the answer. */
  public JsonObject publishFor(String project) throws TimeoutException {
    return await(
        client.post(
            "/api/events",
            new JsonObject()
                .put("event", "build.started")
                .put("project_id", project)
                .put("data", new JsonObject())));
  }

  /** Waits for a future, for a minute at most. */
  public static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    try {
      if (!takenOver().isComplete()) {
        await(vertx.undeploy(deployment));
      }
      await(vertx.close());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the service did not stop", e);
    }
  }
}
