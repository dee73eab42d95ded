package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Scenario {@code recovery}: a million deliveries are pending when the service is killed, and later
 * once more together with its PostgreSQL. Shows how soon after the start of the next Java the first
 * delivery arrives, and that all of them do.
 */
public final class Recovery {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.completed";
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int FAN_OUT = 10;
  private static final int OUTSTANDING = 2_000;
  // The receiver hangs while the deliveries pile up, and none may fail meanwhile.
  private static final int TIMEOUT_SECONDS = 120;
  private static final long ARRIVAL_NANOS_MAX = 120_000_000_000L;
  private static final long DRAIN_NANOS_MAX = 1_800_000_000_000L;

  private final Path folder;
  private final BenchedReceiver receiver;
  private final JsonArray results = new JsonArray();

  private Recovery(Path folder, BenchedReceiver receiver) {
    this.folder = folder;
    this.receiver = receiver;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a tenth of the deliveries
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int pending = List.of(args).contains("--quick") ? 100_000 : 1_000_000;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT)) {
      Recovery recovery = new Recovery(folder.resolve("postgres-recovery"), receiver);
      JsonObject result = recovery.run(pending);
      Results.write(
          folder,
          "recovery",
          result,
          Plot.grouped(
              "Seconds from the start of Java, by what was killed",
              List.of("ready", "first delivery"),
              Results.rows(recovery.results, "killed", "ready_seconds", "first_delivery_seconds")));
    }
  }

  private JsonObject run(int pending) throws Exception {
    OUT.printf(
        "%,d deliveries of %d webhooks are pending, payload %d bytes; seconds from the start of"
            + " Java%n%n%-44s %8s %16s%n",
        pending, WEBHOOKS, BYTES, "killed", "ready", "first delivery");
    receiver.hang(true);
    try (BenchedService killed = BenchedService.start(folder)) {
      pileUp(killed, pending);
      killed.kill();
    }
    boolean both;
    try (BenchedService killed = startAgain("the service")) {
      receiver.awaitReceived(pending / 10, DRAIN_NANOS_MAX);
      killed.kill();
      both = killed.killPostgres();
    }
    try (BenchedService service =
        startAgain("the service" + (both ? " and PostgreSQL" : "") + ", while it drains")) {
      return drain(service, pending);
    }
  }

  private void pileUp(BenchedService service, int pending) throws Exception {
    for (int i = 0; i < WEBHOOKS; i++) {
      service.createWebhook(
          "bench " + i,
          BenchedReceiver.url(BenchedReceiver.PORT, "/hook/" + i),
          TYPE,
          "p" + i / FAN_OUT,
          TIMEOUT_SECONDS);
    }
    JsonObject done =
        service.publish(
            new BusRun.Order(
                TYPE,
                pending / FAN_OUT,
                BYTES,
                OUTSTANDING,
                WEBHOOKS / FAN_OUT,
                FAN_OUT,
                Integer.MAX_VALUE, // none of them arrives
                BenchedReceiver.PORT));
    if (done.getInteger("failed") > 0) {
      throw new IllegalStateException("failed publishes: " + done.getInteger("failed"));
    }
  }

  private BenchedService startAgain(String killed) throws Exception {
    receiver.hang(false);
    long begin = System.nanoTime();
    BenchedService service = BenchedService.startAgain(folder);
    double ready = (System.nanoTime() - begin) / 1e9;
    long first = receiver.firstNanos();
    while (first == 0) {
      if (System.nanoTime() - begin > ARRIVAL_NANOS_MAX) {
        throw new IllegalStateException("nothing was delivered after the restart");
      }
      first = receiver.firstNanos();
    }
    double arrived = (first - begin) / 1e9;
    OUT.printf("%-44s %8.1f %16.1f%n", killed, ready, arrived);
    results.add(
        new JsonObject()
            .put("killed", killed)
            .put("ready_seconds", ready)
            .put("first_delivery_seconds", arrived));
    return service;
  }

  private JsonObject drain(BenchedService service, int pending) throws Exception {
    long before = receiver.received();
    long begin = System.nanoTime();
    long success;
    long received;
    try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
      while (database.count("select count(*) from delivery where status = 'pending'") > 0
          && System.nanoTime() - begin < DRAIN_NANOS_MAX) {
        database.rest(1_000);
      }
      success = database.count("select count(*) from delivery where status = 'success'");
      received = receiver.received();
    }
    double rate = (received - before) / ((System.nanoTime() - begin) / 1e9);
    OUT.printf(
        "%ndrained at %.0f/s; lost %d, duplicates %d%n",
        rate, pending - success, received - success);
    return new JsonObject()
        .put("starts", results)
        .put("drained_per_second", rate)
        .put("lost", pending - success)
        .put("duplicates", received - success);
  }
}
