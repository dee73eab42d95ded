package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scenario {@code payload}: what a delivery costs by the size of its event's data, published over
 * the event bus, so that nothing but bytes makes the difference.
 */
public final class Payload {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.started";
  private static final int WEBHOOKS = 1_000;
  private static final int OUTSTANDING = 2_000;
  private static final int[] SIZES = {100, 1_000, 10_000, 100_000, 1_000_000};
  // As much as fits beside everything else in the memory that the service is given.
  private static final int BYTES_OUTSTANDING = 16 << 20;
  private static final int BYTES_PER_ROUND = 500 << 20;
  private static final int EVENTS_PER_ROUND = 50_000;
  private static final int WARM_EVENTS = 500_000;

  private final BenchedService service;
  private final Meter meter;

  private Payload(BenchedReceiver receiver, BenchedService service) {
    this.service = service;
    this.meter = new Meter(receiver, service);
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for fewer rounds
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int rounds = List.of(args).contains("--quick") ? 3 : 5;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service =
            DatabaseCounters.startCounting(folder.resolve("postgres-payload"))) {
      service.createWebhooks(WEBHOOKS, "/hook/", TYPE);
      JsonObject result = new Payload(receiver, service).run(rounds);
      Results.write(
          folder,
          "payload",
          result,
          Plot.grouped(
              "Delivered data, by its bytes",
              List.of("MB/s"),
              Results.rows(result.getJsonArray("payloads"), "bytes", "megabytes_per_second")));
    }
  }

  private JsonObject run(int rounds) throws Exception {
    measure(WARM_EVENTS, SIZES[0]);
    Map<Integer, List<Meter.Reading>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (int bytes : SIZES) {
        int events = Math.min(EVENTS_PER_ROUND, BYTES_PER_ROUND / bytes);
        all.computeIfAbsent(bytes, size -> new ArrayList<>()).add(measure(events, bytes));
      }
    }
    OUT.printf(
        "event bus, fan-out 1, %d webhooks, medians of %d rounds%n%n%14s %12s %8s %11s %12s %8s"
            + " %5s %4s%n",
        WEBHOOKS,
        rounds,
        "payload bytes",
        "deliveries/s",
        "MB/s",
        "service µs",
        "postgres µs",
        "sum µs",
        "lost",
        "dup");
    JsonArray json = new JsonArray();
    all.forEach((bytes, readings) -> json.add(line(bytes, readings)));
    return new JsonObject().put("payloads", json);
  }

  private Meter.Reading measure(int events, int bytes) throws Exception {
    int most = Math.max(8, BYTES_OUTSTANDING / bytes);
    return meter.measure(
        events,
        () -> {
          JsonObject done =
              service.publish(
                  new BusRun.Order(
                      TYPE,
                      events,
                      bytes,
                      Math.min(OUTSTANDING, most),
                      WEBHOOKS,
                      1,
                      Math.min(Pace.UNDELIVERED_MAX, most),
                      BenchedReceiver.PORT));
          if (done.getInteger("failed") > 0) {
            throw new IllegalStateException("failed publishes: " + done.getInteger("failed"));
          }
          return done.getLong("cpu_nanos") / 1_000;
        });
  }

  private static JsonObject line(int bytes, List<Meter.Reading> readings) {
    double rate = Medians.of(readings, Meter.Reading::perSecond);
    double service = Medians.of(readings, Meter.Reading::service);
    double database = Medians.of(readings, Meter.Reading::database);
    double sum = Medians.of(readings, Meter.Reading::sum);
    long lost = readings.stream().mapToLong(Meter.Reading::lost).sum();
    long duplicates = readings.stream().mapToLong(Meter.Reading::duplicates).sum();
    OUT.printf(
        "%,14d %12.0f %8.1f %11.1f %12s %8s %5d %4d%n",
        bytes,
        rate,
        rate * bytes / 1e6,
        service,
        Figures.text("%.1f", database),
        Figures.text("%.1f", sum),
        lost,
        duplicates);
    JsonObject json = new JsonObject();
    Figures.put(json, "postgres_micros", database);
    return json.put("bytes", bytes)
        .put("per_second", rate)
        .put("megabytes_per_second", rate * bytes / 1e6)
        .put("service_micros", service)
        .put("lost", lost)
        .put("duplicates", duplicates)
        .put("costs", new JsonArray(readings.stream().map(r -> r.costs().json()).toList()));
  }
}
