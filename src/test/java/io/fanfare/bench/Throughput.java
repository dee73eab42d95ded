package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Scenario {@code throughput}: how many deliveries a second, and what one costs, by the way in
 * which events are published. The raw ceiling against the same receiver is measured in the same
 * run, before and after.
 */
public final class Throughput {
  private static final PrintStream OUT = System.out;
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int OUTSTANDING = 2_000;

  private final BenchedService service;
  private final int receiverPort;
  private final int ceilingRequests;
  private final JsonArray rows = new JsonArray();
  private Ceiling ceiling = new Ceiling(0, 0);

  /** What signed POSTs reach with nothing around them, and what one costs its sender. */
  private record Ceiling(double perSecond, double cpuMicros) {
    Ceiling meanWith(Ceiling other) {
      return new Ceiling((perSecond + other.perSecond) / 2, (cpuMicros + other.cpuMicros) / 2);
    }
  }

  /** What one way of publishing reached. */
  private record Row(
      String name, double perSecond, double service, double database, long lost, long duplicates) {}

  private Throughput(BenchedService service, int receiverPort, int ceilingRequests) {
    this.service = service;
    this.receiverPort = receiverPort;
    this.ceilingRequests = ceilingRequests;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a quarter of the work
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    int scale = quick ? 1 : 4;
    int receiverPort = 18_080;
    Files.createDirectories(folder);
    try (ChildProcess receiver =
            ChildProcess.start(
                ReceiverProcess.class,
                List.of("-Xmx256m"),
                Map.of(),
                Integer.toString(receiverPort));
        BenchedService service = BenchedService.start(folder.resolve("postgres"))) {
      receiver.await(ProcessOutput.READY);
      new Throughput(service, receiverPort, 200_000 * scale).run(scale, folder);
    }
  }

  private void run(int scale, Path folder) throws Exception {
    createWebhooks();
    OUT.printf("payload %d bytes, %d webhooks, synchronous_commit=on%n%n", BYTES, WEBHOOKS);
    OUT.printf(
        "%-28s %12s %10s %6s %10s %11s %8s %6s %6s %5s%n",
        "published by",
        "deliveries/s",
        "ceiling/s",
        "ratio",
        "service µs",
        "postgres µs",
        "sum µs",
        "× raw",
        "lost",
        "dup");
    // Long enough for the compiler to be done: a cold JVM costs four times as much.
    bus("warm-up", "build.started", 1, 400_000);
    rest("warm-up", 150_000, 1);
    ceiling = ceiling();
    print(bus("event bus, fan-out 1", "build.started", 1, 100_000 * scale));
    print(bus("event bus, fan-out 10", "build.completed", 10, 10_000 * scale));
    print(rest("REST batch of 100, fan-out 1", 100_000 * scale, 100));
    print(rest("REST single, fan-out 1", 50_000 * scale, 1));
    JsonObject count = count();
    OUT.printf(
        "signatures checked: %d, wrong: %d%n", count.getLong("checked"), count.getLong("wrong"));
    Files.writeString(
        folder.resolve("throughput.json"), new JsonObject().put("rows", rows).encodePrettily());
  }

  /**
   * One webhook for each event of fan-out 1 in turn is not how matching works: projects spread the
   * events.
   */
  private void createWebhooks() throws Exception {
    if (service.webhooks() >= WEBHOOKS) {
      return;
    }
    String url = "http://127.0.0.1:" + receiverPort + "/hook/";
    for (int i = 0; i < WEBHOOKS; i++) {
      service.createWebhook("bench " + i, url + i, "build.started", "p" + i);
      service.createWebhook("bench group " + i, url + "g" + i, "build.completed", "p" + i / 10);
    }
  }

  private Row bus(String name, String type, int fanOut, int events) throws Exception {
    return measure(
        name,
        events * fanOut,
        () -> {
          JsonObject done =
              service.publish(type, events, OUTSTANDING, BYTES, fanOut == 1 ? WEBHOOKS : 100);
          if (done.getInteger("failed") > 0) {
            OUT.println("  failed publishes: " + done.getInteger("failed"));
          }
          return done.getLong("cpu_nanos") / 1000;
        });
  }

  private Row rest(String name, int events, int batch) throws Exception {
    return measure(
        name,
        events,
        () -> {
          try (ChildProcess generator =
              ChildProcess.start(
                  RestGenerator.class,
                  List.of("-Xmx256m"),
                  Map.of(),
                  Long.toString(service.port()),
                  BenchedService.TOKEN,
                  "build.started",
                  Integer.toString(events),
                  Integer.toString(batch),
                  Integer.toString(batch == 1 ? 128 : 16),
                  Integer.toString(WEBHOOKS),
                  Integer.toString(BYTES))) {
            generator.await(RestGenerator.NANOS);
            long failed = generator.await(RestGenerator.FAILED);
            if (failed > 0) {
              OUT.println("  failed publishes: " + failed);
            }
            return 0L;
          }
        });
  }

  private interface Load {
    /**
     * Runs; answers with CPU microseconds that were spent in the service's process on the
     * generator's behalf.
     */
    long run() throws Exception;
  }

  private Row measure(String name, int deliveries, Load load) throws Exception {
    long before = received();
    long recordedBefore = service.recorded();
    long serviceCpu = service.cpuMicros();
    long postgresCpu = service.postgresCpuMicros();
    long begin = System.nanoTime();
    long generatorMicros = load.run();
    long received = received() - before;
    while (received < deliveries && System.nanoTime() - begin < 120_000_000_000L) {
      received = received() - before;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    // The outcomes are recorded within the next moments, and belong to the deliveries.
    awaitRecorded(recordedBefore + deliveries);
    double own = (service.cpuMicros() - serviceCpu - generatorMicros) / (double) deliveries;
    double database = (service.postgresCpuMicros() - postgresCpu) / (double) deliveries;
    double rate = deliveries / seconds;
    long lost = Math.max(0, deliveries - received);
    long duplicates = Math.max(0, received - deliveries);
    return new Row(name, rate, own, database, lost, duplicates);
  }

  /**
   * Prints a row beside the ceiling, measured before and after it: a machine that others use too is
   * not as fast now as it was a minute ago.
   */
  private void print(Row row) throws IOException {
    Ceiling before = ceiling;
    ceiling = ceiling();
    Ceiling around = before.meanWith(ceiling);
    double ratio = row.perSecond() / around.perSecond();
    double sum = row.service() + row.database();
    double raw = sum / around.cpuMicros();
    OUT.printf(
        "%-28s %12.0f %10.0f %6.2f %10.1f %11.1f %8.1f %6.1f %6d %5d%n",
        row.name(),
        row.perSecond(),
        around.perSecond(),
        ratio,
        row.service(),
        row.database(),
        sum,
        raw,
        row.lost(),
        row.duplicates());
    rows.add(
        new JsonObject()
            .put("name", row.name())
            .put("per_second", row.perSecond())
            .put("ceiling_per_second", around.perSecond())
            .put("ratio", ratio)
            .put("service_micros", row.service())
            .put("postgres_micros", row.database())
            .put("raw_micros", around.cpuMicros())
            .put("times_raw", raw)
            .put("lost", row.lost())
            .put("duplicates", row.duplicates()));
  }

  /** Waits until the service has recorded as many successes as the receiver got. */
  private void awaitRecorded(long expected) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (service.recorded() < expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private Ceiling ceiling() throws IOException {
    try (ChildProcess process =
        ChildProcess.start(
            CeilingProcess.class,
            List.of("-Xmx256m"),
            Map.of(),
            Integer.toString(receiverPort),
            Integer.toString(ceilingRequests),
            Integer.toString(BYTES))) {
      double seconds = process.await(CeilingProcess.NANOS) / 1e9;
      double micros = process.await(CeilingProcess.CPU_NANOS) / 1e3;
      return new Ceiling(ceilingRequests / seconds, micros / ceilingRequests);
    }
  }

  private long received() throws Exception {
    return count().getLong("received");
  }

  private JsonObject count() throws Exception {
    return service.get("http://127.0.0.1:" + receiverPort + "/count");
  }
}
