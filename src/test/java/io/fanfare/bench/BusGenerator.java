package io.fanfare.bench;

import io.fanfare.event.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;

/**
 * Publishes over the event bus: {@code GET /run} with the fields of {@link BusRun.Order} runs, and
 * answers with what {@link BusRun#run} says; {@code GET /heap} with what is in use of the heap
 * after a collection, {@code GET /jvm} with what {@link JvmCounters} says, and {@code GET
 * /recorded/N} as soon as N deliveries are recorded as successful.
 */
final class BusGenerator extends VerticleBase {
  static final String THREAD = "bench-generator";

  /** Path before the number that it waits for. */
  static final String RECORDED = "/recorded/";

  private final MeterRegistry registry;
  private EventPublisher publisher;
  private int port;

  /**
   * @param registry with what the service counts
   */
  BusGenerator(MeterRegistry registry) {
    this.registry = registry;
  }

  int port() {
    return port;
  }

  @Override
  public Future<?> start() {
    publisher = new EventPublisher(vertx);
    return vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
        .requestHandler(this::answer)
        .listen()
        .onSuccess(server -> port = server.actualPort());
  }

  private void answer(HttpServerRequest request) {
    if (request.path().equals("/heap")) {
      System.gc();
      request
          .response()
          .end(
              new JsonObject()
                  .put(
                      "used_bytes",
                      ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
                  .encode());
    } else if (request.path().startsWith(RECORDED)) {
      long atLeast = Long.parseLong(request.path().substring(RECORDED.length()));
      Reply.once(vertx, request, () -> recorded() >= atLeast, () -> "{}");
    } else if (request.path().equals("/jvm")) {
      request.response().end(JvmCounters.read().encode());
    } else {
      run(request);
    }
  }

  private double recorded() {
    Counter counter = registry.find("fanfare.deliveries.settled").tag("next", "success").counter();
    return counter == null ? 0 : counter.count();
  }

  private void run(HttpServerRequest request) {
    BusRun.Order order =
        new BusRun.Order(
            request.getParam("type"),
            number(request, "events"),
            number(request, "bytes"),
            number(request, "outstanding"),
            number(request, "projects"),
            number(request, "fan_out"),
            number(request, "undelivered"),
            number(request, "receiver"));
    new BusRun(vertx, publisher, order)
        .run()
        .onSuccess(result -> request.response().end(result.encode()));
  }

  private static int number(HttpServerRequest request, String name) {
    return Integer.parseInt(request.getParam(name));
  }
}
