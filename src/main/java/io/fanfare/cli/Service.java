package io.fanfare.cli;

import io.fanfare.Fanfare;
import io.fanfare.bus.Addresses;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.LogSetup;
import io.fanfare.config.StartException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service in a process of its own: a Vert.x, and Fanfare deployed in it. */
final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final long START_SECONDS = 180;
  private static final long STOP_SECONDS = 40;
  private static final long HURRY_MILLIS = 100;

  private final Vertx vertx;
  private final Fanfare fanfare;
  private final String deployment;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Service(Vertx vertx, Fanfare fanfare, String deployment) {
    this.vertx = vertx;
    this.fanfare = fanfare;
    this.deployment = deployment;
    fanfare.takenOver().onSuccess(v -> stopped.countDown());
  }

  /** Reads the configuration, tells of what is odd in it, and sets up the log. */
  static FanfareConfig configure(@Nullable Path file, Map<String, String> environment) {
    FanfareConfig.Loaded loaded = FanfareConfig.load(file, environment);
    LogSetup.apply(loaded.config().log());
    loaded.warnings().forEach(LOG::warn);
    LOG.debug("configuration: {}", loaded.config().effective());
    return loaded.config();
  }

  /** Starts; throws {@link StartException} with a sentence for the person when it cannot. */
  static Service start(FanfareConfig config) throws InterruptedException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Vertx vertx = vertx(config, registry);
    Fanfare fanfare =
        new Fanfare(
            config,
            registry,
            token ->
                Console.line(
                    "Admin token, shown this once (keep it, or set auth.admin_token): " + token));
    try {
      String deployment = await(vertx.deployVerticle(fanfare), START_SECONDS);
      return new Service(vertx, fanfare, deployment);
    } catch (ExecutionException | TimeoutException e) {
      vertx.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.debug("the start failed", cause);
      throw cause instanceof StartException refused ? refused : new IllegalStateException(cause);
    }
  }

  private static Vertx vertx(FanfareConfig config, PrometheusMeterRegistry registry) {
    MicrometerMetricsOptions metrics =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setLabels(EnumSet.of(Label.POOL_TYPE, Label.POOL_NAME, Label.HTTP_CODE))
            // The client's series would carry every receiver's host, and are never forgotten; the
            // bus and the verticles are counted by rooms, not by address.
            .setDisabledMetricsCategories(
                Set.of(
                    MetricsDomain.HTTP_CLIENT.toCategory(),
                    MetricsDomain.NET_CLIENT.toCategory(),
                    MetricsDomain.EVENT_BUS.toCategory(),
                    MetricsDomain.VERTICLES.toCategory(),
                    MetricsDomain.NAMED_POOLS.toCategory(),
                    // Four pools of one database would register the same gauges, and a warning
                    // each.
                    "sql"))
            .setJvmMetricsEnabled(true);
    return Vertx.builder()
        .with(
            new VertxOptions()
                .setEventLoopPoolSize(config.runtime().eventLoops())
                .setPreferNativeTransport(true)
                .setMetricsOptions(metrics))
        .withMetrics(new MicrometerMetricsFactory(registry))
        .build();
  }

  Vertx vertx() {
    return vertx;
  }

  Fanfare fanfare() {
    return fanfare;
  }

  /**
   * Drains and stops when the process is told to end, which is then a success. Told again, it waits
   * for no receiver any more.
   */
  void stopOnSignal() {
    StopSignals.handle(this::hurry);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (stopped.getCount() > 0) {
                    close();
                    // A process ended by SIGTERM would exit with 143 although all went well.
                    Runtime.getRuntime().halt(0);
                  }
                },
                "shutdown"));
  }

  private void hurry() {
    // Again and again: some rooms have yet to hear that they close.
    vertx.setPeriodic(
        HURRY_MILLIS,
        timer ->
            vertx
                .eventBus()
                .publish(Addresses.HURRY, null, new DeliveryOptions().setLocalOnly(true)));
  }

  /** Waits until it is stopped; throws {@link StartException} where another process took over. */
  void awaitStop() throws InterruptedException {
    stopped.await();
    if (fanfare.takenOver().isComplete()) {
      throw StartException.unavailable("another Fanfare process has taken over this database");
    }
  }

  /** Drains, stops and closes; may be called more than once. */
  @Override
  public void close() {
    if (stopped.getCount() == 0) {
      return;
    }
    try {
      await(vertx.undeploy(deployment), STOP_SECONDS);
      // Not composed with the above: the loop on which that would complete is the one that ends.
      await(vertx.close(), STOP_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the stop was not clean: {}", e.toString());
    } finally {
      stopped.countDown();
    }
  }

  private static <T> T await(Future<T> future, long seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
  }
}
