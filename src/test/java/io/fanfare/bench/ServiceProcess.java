package io.fanfare.bench;

import io.fanfare.Fanfare;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.LogSetup;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.TimeUnit;

/**
 * The service in a process of its own, as an application would deploy it, with the generator for
 * event-bus publishing beside it. The generator has a thread of its own, so that its CPU can be
 * told apart.
 */
public final class ServiceProcess {
  private ServiceProcess() {}

  /** Configuration comes from the environment; prints the API's port and then the generator's. */
  public static void main(String[] args) {
    ProcessOutput.endWithParent();
    FanfareConfig config = FanfareConfig.load(null, System.getenv()).config();
    LogSetup.apply(config.log());
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(config.runtime().eventLoops())
                .setPreferNativeTransport(true));
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Fanfare fanfare = new Fanfare(config, registry, token -> {});
    BusGenerator generator = new BusGenerator(registry);
    String[] deployment = new String[1];
    vertx
        .deployVerticle(fanfare)
        .onSuccess(id -> deployment[0] = id)
        .compose(
            id ->
                vertx.deployVerticle(
                    generator,
                    new DeploymentOptions()
                        .setThreadingModel(ThreadingModel.WORKER)
                        .setWorkerPoolName(BusGenerator.THREAD)
                        .setWorkerPoolSize(1)))
        .onSuccess(
            id -> {
              ProcessOutput.ready(fanfare.port());
              ProcessOutput.ready(generator.port());
            })
        .onFailure(ProcessOutput::failed);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, deployment[0])));
  }

  private static void stop(Vertx vertx, String deployment) {
    vertx
        .undeploy(deployment)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }
}
