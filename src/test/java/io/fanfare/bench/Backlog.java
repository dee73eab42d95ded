package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Scenario {@code backlog}: a receiver is dead while events for it go on, next to a thousand
 * webhooks that work. Shows that the waiting deliveries cost no memory and their neighbours
 * nothing, and that all of them arrive once the receiver is back.
 */
public final class Backlog {
  private static final PrintStream OUT = System.out;
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int DEAD_WEBHOOKS = 10;
  private static final int OUTSTANDING = 2_000;
  private static final int DEAD_PORT = BenchedReceiver.PORT + 1;
  private static final String DEAD_TYPE = "file.deleted";
  private static final long DRAIN_NANOS_MAX = 1_800_000_000_000L;

  private Backlog() {}

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a tenth of the work
   */
  @SuppressWarnings("try") // the receiver is only there
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int backlog = List.of(args).contains("--quick") ? 100_000 : 1_000_000;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service = BenchedService.start(folder.resolve("postgres-backlog"))) {
      createWebhooks(service);
      OUT.printf(
          "%s, %d webhooks that work, %d of a dead receiver, payload %d bytes%n%n",
          BenchedService.HEAP, WEBHOOKS, DEAD_WEBHOOKS, BYTES);
      OUT.printf("%-44s %12s %16s %14s%n", "", "deliveries/s", "heap in use MiB", "resident MiB");
      JsonArray steps = new JsonArray();
      steps.add(line(service, "at rest", 0));
      steps.add(line(service, "1,000 webhooks, nothing waits", healthy(service)));
      steps.add(line(service, backlog + " deliveries begin to wait", pileUp(service, backlog)));
      steps.add(line(service, "1,000 webhooks, " + backlog + " deliveries wait", healthy(service)));
      JsonObject drained = drain(service, backlog);
      steps.add(drained);
      steps.add(line(service, "drained", 0));
      Results.write(
          folder,
          "backlog",
          new JsonObject()
              .put("steps", steps)
              .put("lost", drained.remove("lost"))
              .put("duplicates", drained.remove("duplicates")),
          Plot.grouped(
              "Deliveries a second",
              List.of("deliveries/s"),
              Results.rows(steps, "step", "per_second")));
    }
  }

  private static void createWebhooks(BenchedService service) throws Exception {
    service.createWebhooks(WEBHOOKS, "/hook/", "build.started");
    for (int i = 0; i < DEAD_WEBHOOKS; i++) {
      service.createWebhook(
          "dead " + i, BenchedReceiver.url(DEAD_PORT, "/hook/" + i), DEAD_TYPE, "p0");
    }
  }

  private static JsonObject line(BenchedService service, String name, double rate)
      throws Exception {
    double heap = service.heapMebibytes();
    long resident = service.residentMebibytes();
    OUT.printf(
        "%-44s %12s %16.0f %14d%n", name, rate == 0 ? "" : "%.0f".formatted(rate), heap, resident);
    JsonObject step =
        new JsonObject()
            .put("step", name)
            .put("heap_mebibytes", heap)
            .put("resident_mebibytes", resident);
    return rate == 0 ? step : step.put("per_second", rate);
  }

  /** Deliveries a second of the webhooks that work. */
  private static double healthy(BenchedService service) throws Exception {
    int events = 200_000;
    long before = service.recorded();
    long begin = System.nanoTime();
    service.publish(
        new BusRun.Order(
            "build.started",
            events,
            BYTES,
            OUTSTANDING,
            WEBHOOKS,
            1,
            Pace.UNDELIVERED_MAX,
            BenchedReceiver.PORT));
    service.awaitRecorded(before + events, DRAIN_NANOS_MAX);
    return events / ((System.nanoTime() - begin) / 1e9);
  }

  /** Accepted deliveries a second of those whose receiver is dead. */
  private static double pileUp(BenchedService service, int backlog) throws Exception {
    long begin = System.nanoTime();
    JsonObject done =
        service.publish(
            new BusRun.Order(
                DEAD_TYPE,
                backlog / DEAD_WEBHOOKS,
                BYTES,
                OUTSTANDING,
                1,
                DEAD_WEBHOOKS,
                Integer.MAX_VALUE, // none of them arrives
                BenchedReceiver.PORT));
    if (done.getInteger("failed") > 0) {
      throw new IllegalStateException("failed publishes: " + done.getInteger("failed"));
    }
    return backlog / ((System.nanoTime() - begin) / 1e9);
  }

  /** The receiver comes back; a circuit lets a probe through within its open time. */
  private static JsonObject drain(BenchedService service, int backlog) throws Exception {
    long before = service.recorded();
    try (BenchedReceiver receiver = BenchedReceiver.start(DEAD_PORT)) {
      long begin = System.nanoTime();
      long first = 0;
      long recorded = 0;
      long highest = 0;
      while (recorded < backlog && System.nanoTime() - begin < DRAIN_NANOS_MAX) {
        recorded = service.recorded() - before;
        highest = Math.max(highest, service.residentMebibytes());
        if (first == 0 && recorded > 0) {
          first = System.nanoTime();
        }
      }
      long received = receiver.received();
      double rate = recorded / ((System.nanoTime() - first) / 1e9);
      long lost = Math.max(0, backlog - received);
      long duplicates = Math.max(0, received - backlog);
      OUT.printf("%-44s %12.0f %16s %14d%n", "draining", rate, "", highest);
      OUT.printf("lost %d, duplicates %d%n", lost, duplicates);
      return new JsonObject()
          .put("step", "draining")
          .put("per_second", rate)
          .put("resident_mebibytes", highest)
          .put("lost", lost)
          .put("duplicates", duplicates);
    }
  }
}
