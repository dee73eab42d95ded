package io.fanfare.bench;

import io.fanfare.event.EventPublisher;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;

/**
 * Publishes over the event bus as fast as the service acknowledges, with a bounded number of events
 * on their way. {@code GET /run?events=N&outstanding=M&bytes=B&projects=P&type=T} runs and answers
 * with the time it took and its own thread's CPU; {@code GET /heap} with what is in use of the heap
 * after a collection.
 */
final class BusGenerator extends VerticleBase {
  static final String THREAD = "bench-generator";

  private EventPublisher publisher;
  private int port;
  private int started;
  private int ended;
  private int failed;

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
    } else {
      run(request);
    }
  }

  private void run(HttpServerRequest request) {
    int events = Integer.parseInt(request.getParam("events"));
    int outstanding = Integer.parseInt(request.getParam("outstanding"));
    Buffer data = Payload.ofBytes(Integer.parseInt(request.getParam("bytes")));
    String type = request.getParam("type");
    int projects = Integer.parseInt(request.getParam("projects"));
    started = 0;
    ended = 0;
    failed = 0;
    long begin = System.nanoTime();
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Runnable done =
        () ->
            request
                .response()
                .end(
                    new JsonObject()
                        .put("events", events)
                        .put("failed", failed)
                        .put("nanos", System.nanoTime() - begin)
                        .put(
                            "cpu_nanos",
                            ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu)
                        .encode());
    for (int i = 0; i < Math.min(outstanding, events); i++) {
      next(events, type, projects, data, done);
    }
  }

  private void next(int events, String type, int projects, Buffer data, Runnable done) {
    if (started == events) {
      return;
    }
    started++;
    publisher
        .publish(type, data, "p" + started % projects, null, null)
        .onComplete(
            (answer, failure) -> {
              ended++;
              if (failure != null) {
                failed++;
              }
              if (ended == events) {
                done.run();
              } else {
                next(events, type, projects, data, done);
              }
            });
  }
}
