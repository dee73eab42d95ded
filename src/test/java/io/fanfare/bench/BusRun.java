package io.fanfare.bench;

import io.fanfare.event.EventPublisher;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;

/** Publishes a number of events over the event bus, as fast as bounds allow. */
final class BusRun {
  /**
   * What to publish.
   *
   * @param outstanding most events that are not acknowledged
   * @param projects number of projects over which the events go round
   * @param fanOut webhooks that each of them matches
   * @param undelivered most deliveries that have not arrived at the receiver
   */
  record Order(
      String type,
      int events,
      int bytes,
      int outstanding,
      int projects,
      int fanOut,
      int undelivered,
      int receiverPort) {}

  private final EventPublisher publisher;
  private final Order order;
  private final Buffer data;
  private final Pace pace;
  private final Promise<JsonObject> done = Promise.promise();
  private long cpuBefore;
  private int started;
  private int ended;
  private int failed;

  BusRun(Vertx vertx, EventPublisher publisher, Order order) {
    this.publisher = publisher;
    this.order = order;
    this.data = SampleData.ofBytes(order.bytes());
    this.pace = new Pace(vertx, order.receiverPort(), order.undelivered(), this::publish);
  }

  /** When all is acknowledged: {@code failed} publishes and {@code cpu_nanos} of this thread. */
  Future<JsonObject> run() {
    cpuBefore = threadCpu();
    pace.start();
    return done.future();
  }

  private void publish() {
    while (started < order.events()
        && started - ended < order.outstanding()
        && pace.mayPublish((long) started * order.fanOut())) {
      started++;
      publisher
          .publish(order.type(), data, "p" + started % order.projects(), null, null)
          .onComplete((answer, failure) -> acknowledged(failure));
    }
  }

  private void acknowledged(Throwable failure) {
    ended++;
    if (failure != null) {
      failed++;
    }
    if (ended < order.events()) {
      publish();
      return;
    }
    pace.end();
    done.complete(new JsonObject().put("failed", failed).put("cpu_nanos", threadCpu() - cpuBefore));
  }

  private static long threadCpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
