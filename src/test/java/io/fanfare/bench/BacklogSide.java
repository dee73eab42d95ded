package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One of the two services of {@link Backlog}: a thousand webhooks that work, each twice, once for
 * cost and once for time, one that works and gets all events of a type, and one whose receiver is
 * dead.
 */
final class BacklogSide implements AutoCloseable {
  static final int WEBHOOKS = 1_000;
  static final int BYTES = 600;
  static final int DEAD_PORT = BenchedReceiver.PORT + 1;

  private static final int TIMED_BYTES = 560; // with the moment in front of them about 600
  private static final int OUTSTANDING = 2_000;
  // What one webhook may have in memory is 256; beyond that it would have a backlog of its own.
  private static final int UNDELIVERED_OF_ONE = 200;
  private static final int RATE = 1_000;
  private static final long ARRIVAL_NANOS_MAX = 60_000_000_000L;

  private static final String COST_TYPE = "build.started";
  private static final String TIMED_TYPE = "build.completed";
  private static final String SINGLE_TYPE = "file.created";
  private static final String DEAD_TYPE = "file.deleted";

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final ChildProcess timed;
  private final Meter meter;
  private String dead = "";

  private BacklogSide(BenchedReceiver receiver, BenchedService service) throws IOException {
    this.receiver = receiver;
    this.service = service;
    this.timed = OpenGenerator.start(service, TIMED_TYPE, TIMED_BYTES);
    this.meter = new Meter(receiver, service, timed);
  }

  /** Starts it on a new database, with its webhooks. */
  static BacklogSide start(BenchedReceiver receiver, Path database) throws Exception {
    BacklogSide side = new BacklogSide(receiver, BenchedService.start(database));
    side.service.createWebhooks(WEBHOOKS, "/hook/", COST_TYPE);
    side.service.createWebhooks(WEBHOOKS, "/timed/", TIMED_TYPE);
    side.service.createWebhook(
        "single", BenchedReceiver.url(BenchedReceiver.PORT, "/hook/single"), SINGLE_TYPE, "p0");
    side.dead =
        side.service.createWebhook(
            "dead", BenchedReceiver.url(DEAD_PORT, "/hook/dead"), DEAD_TYPE, "p0", 30);
    return side;
  }

  BenchedService service() {
    return service;
  }

  /** What deliveries of the thousand cost at full speed. */
  Meter.Reading cost(int deliveries) throws Exception {
    return meter.measure(
        deliveries, () -> publish(COST_TYPE, deliveries, WEBHOOKS, Pace.UNDELIVERED_MAX));
  }

  /** The same of the one that works. */
  Meter.Reading costOfOne(int deliveries) throws Exception {
    return meter.measure(deliveries, () -> publish(SINGLE_TYPE, deliveries, 1, UNDELIVERED_OF_ONE));
  }

  /** Accepted deliveries a second of the one whose receiver is dead. */
  double pileUp(int backlog) throws Exception {
    long begin = System.nanoTime();
    publish(DEAD_TYPE, backlog, 1, Integer.MAX_VALUE); // none of them arrives
    return backlog / ((System.nanoTime() - begin) / 1e9);
  }

  /** Closes the circuit, as people do who know that their receiver is back. */
  void closeCircuit() throws Exception {
    service.setActive(dead, true);
  }

  private long publish(String type, int events, int projects, int undelivered) throws Exception {
    JsonObject done =
        service.publish(
            new BusRun.Order(
                type, events, BYTES, OUTSTANDING, projects, 1, undelivered, BenchedReceiver.PORT));
    if (done.getInteger("failed") > 0) {
      throw new IllegalStateException("failed publishes: " + done.getInteger("failed"));
    }
    return done.getLong("cpu_nanos") / 1_000;
  }

  /** p99 of the thousand in milliseconds, from the moment of an event to its receiver. */
  double p99(int seconds) throws Exception {
    receiver.times();
    long before = receiver.received();
    timed.tell(RATE + " " + RATE * seconds + " p " + WEBHOOKS);
    long refused = timed.await(OpenGenerator.FAILED);
    if (refused > 0) {
      throw new IllegalStateException("refused publishes: " + refused);
    }
    receiver.awaitReceived(before + (long) RATE * seconds, ARRIVAL_NANOS_MAX);
    return receiver.times().getLong("p99_micros") / 1_000.0;
  }

  @Override
  public void close() {
    timed.close();
    service.close();
  }
}
