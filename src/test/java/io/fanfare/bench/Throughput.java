package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Scenario {@code throughput}: how many deliveries a second, and what one costs, by the way in
 * which events are published. Every way is measured in several rounds, each between two
 * measurements of the raw ceiling against the same receiver; the medians are printed.
 */
public final class Throughput {
  private static final PrintStream OUT = System.out;
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int OUTSTANDING = 2_000;
  private static final int REQUESTS_OUTSTANDING = 128;
  private static final int BATCHES_OUTSTANDING = 16;
  private static final int ROUNDS = 7;
  private static final int ROUNDS_QUICK = 3;
  private static final int CEILING_REQUESTS = 100_000;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final Meter meter;
  private final ChildProcess ceilingProcess;
  private final ChildProcess restGenerator;
  private Ceiling ceiling = new Ceiling(0, 0);

  /** What signed POSTs reach with nothing around them, and what one costs its sender. */
  private record Ceiling(double perSecond, double cpuMicros) {
    Ceiling meanWith(Ceiling other) {
      return new Ceiling((perSecond + other.perSecond) / 2, (cpuMicros + other.cpuMicros) / 2);
    }
  }

  /** What one way of publishing reached in one round, and the ceiling around it. */
  private record Measured(Meter.Reading reading, Ceiling ceiling) {
    double ratio() {
      return reading.perSecond() / ceiling.perSecond();
    }

    double timesRaw() {
      return reading.sum() / ceiling.cpuMicros();
    }
  }

  /** A way of publishing: runs one round of it. */
  private interface Way {
    Measured measure() throws Exception;
  }

  private Throughput(
      BenchedReceiver receiver,
      BenchedService service,
      ChildProcess ceilingProcess,
      ChildProcess restGenerator) {
    this.receiver = receiver;
    this.service = service;
    this.meter = new Meter(receiver, service);
    this.ceilingProcess = ceilingProcess;
    this.restGenerator = restGenerator;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for fewer rounds
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int rounds = List.of(args).contains("--quick") ? ROUNDS_QUICK : ROUNDS;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service = BenchedService.start(folder.resolve("postgres"));
        ChildProcess ceiling =
            ChildProcess.start(
                CeilingProcess.class,
                List.of("-Xmx256m"),
                Map.of(),
                Integer.toString(BenchedReceiver.PORT),
                Integer.toString(BYTES));
        ChildProcess generator =
            ChildProcess.start(
                RestGenerator.class,
                List.of("-Xmx256m"),
                Map.of(),
                Long.toString(service.port()),
                BenchedService.TOKEN,
                "build.started",
                Integer.toString(WEBHOOKS),
                Integer.toString(BYTES),
                Integer.toString(BenchedReceiver.PORT))) {
      new Throughput(receiver, service, ceiling, generator).run(rounds, folder);
    }
  }

  private void run(int rounds, Path folder) throws Exception {
    createWebhooks();
    OUT.printf(
        "payload %d bytes, %d webhooks, synchronous_commit=on, medians of %d rounds%n%n",
        BYTES, WEBHOOKS, rounds);
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("event bus, fan-out 1", () -> bus("build.started", 1, 100_000));
    ways.put("event bus, fan-out 10", () -> bus("build.completed", 10, 10_000));
    ways.put("REST batch of 100, fan-out 1", () -> rest(100_000, 100, BATCHES_OUTSTANDING));
    ways.put("REST single, fan-out 1", () -> rest(50_000, 1, REQUESTS_OUTSTANDING));
    warmUp();
    Map<String, List<Measured>> all = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        all.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(way.getValue().measure());
      }
    }
    print(all);
    JsonObject count = receiver.count();
    OUT.printf(
        "signatures checked: %d, wrong: %d%n", count.getLong("checked"), count.getLong("wrong"));
    Files.writeString(folder.resolve("throughput.json"), json(all).encodePrettily());
  }

  /** A cold JVM measures its compilers. Each measurement warms the ceiling too. */
  private void warmUp() throws Exception {
    bus("build.started", 1, 500_000);
    rest(300_000, 1, REQUESTS_OUTSTANDING);
    rest(100_000, 100, BATCHES_OUTSTANDING);
  }

  /**
   * One webhook for each event of fan-out 1 in turn is not how matching works: projects spread the
   * events. One kind after the other: created in turns they would have odd numbers and even ones,
   * and all work of a kind would be one event loop's.
   */
  private void createWebhooks() throws Exception {
    String url = BenchedReceiver.url(BenchedReceiver.PORT, "/hook/");
    for (int i = 0; i < WEBHOOKS; i++) {
      service.createWebhook("bench " + i, url + i, "build.started", "p" + i);
    }
    for (int i = 0; i < WEBHOOKS; i++) {
      service.createWebhook("bench group " + i, url + "g" + i, "build.completed", "p" + i / 10);
    }
  }

  private Measured bus(String type, int fanOut, int events) throws Exception {
    return measure(
        events * fanOut,
        () -> {
          JsonObject done =
              service.publish(
                  new BusRun.Order(
                      type,
                      events,
                      BYTES,
                      OUTSTANDING,
                      fanOut == 1 ? WEBHOOKS : 100,
                      fanOut,
                      Pace.UNDELIVERED_MAX,
                      BenchedReceiver.PORT));
          if (done.getInteger("failed") > 0) {
            OUT.println("  failed publishes: " + done.getInteger("failed"));
          }
          return done.getLong("cpu_nanos") / 1000;
        });
  }

  private Measured rest(int events, int batch, int outstanding) throws Exception {
    return measure(
        events,
        () -> {
          restGenerator.tell(events + " " + batch + " " + outstanding);
          restGenerator.await(RestGenerator.NANOS);
          long failed = restGenerator.await(RestGenerator.FAILED);
          if (failed > 0) {
            OUT.println("  failed publishes: " + failed);
          }
          return 0L;
        });
  }

  /**
   * Runs a load between two ceilings: a machine that others use too is not as fast now as it was a
   * minute ago.
   */
  private Measured measure(int deliveries, Meter.Load load) throws Exception {
    Meter.Reading reading = meter.measure(deliveries, load);
    Ceiling earlier = ceiling;
    ceiling = ceiling();
    return new Measured(reading, earlier.meanWith(ceiling));
  }

  private static void print(Map<String, List<Measured>> all) {
    OUT.printf(
        "%-28s %12s %6s %10s %11s %7s %6s %12s %5s %4s%n",
        "published by",
        "deliveries/s",
        "ratio",
        "service µs",
        "postgres µs",
        "sum µs",
        "× raw",
        "(from – to)",
        "lost",
        "dup");
    all.forEach(
        (name, rounds) ->
            OUT.printf(
                "%-28s %12.0f %6.2f %10.1f %11.1f %7.1f %6.1f %12s %5d %4d%n",
                name,
                median(rounds, m -> m.reading().perSecond()),
                median(rounds, Measured::ratio),
                median(rounds, m -> m.reading().service()),
                median(rounds, m -> m.reading().database()),
                median(rounds, m -> m.reading().sum()),
                median(rounds, Measured::timesRaw),
                range(rounds),
                rounds.stream().mapToLong(m -> m.reading().lost()).sum(),
                rounds.stream().mapToLong(m -> m.reading().duplicates()).sum()));
    List<Measured> rounds = all.values().stream().flatMap(List::stream).toList();
    OUT.printf(
        "%nraw ceiling: %.0f/s, %.1f µs of its sender (medians)%n",
        median(rounds, m -> m.ceiling().perSecond()), median(rounds, m -> m.ceiling().cpuMicros()));
  }

  private static String range(List<Measured> rounds) {
    DoubleSummaryStatistics all =
        rounds.stream().mapToDouble(Measured::timesRaw).summaryStatistics();
    return String.format("(%.1f – %.1f)", all.getMin(), all.getMax());
  }

  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static JsonObject json(Map<String, List<Measured>> all) {
    JsonObject json = new JsonObject();
    all.forEach(
        (name, rounds) -> {
          JsonArray array = new JsonArray();
          rounds.forEach(
              m ->
                  array.add(
                      new JsonObject()
                          .put("per_second", m.reading().perSecond())
                          .put("ceiling_per_second", m.ceiling().perSecond())
                          .put("ratio", m.ratio())
                          .put("service_micros", m.reading().service())
                          .put("postgres_micros", m.reading().database())
                          .put("raw_micros", m.ceiling().cpuMicros())
                          .put("times_raw", m.timesRaw())
                          .put("lost", m.reading().lost())
                          .put("duplicates", m.reading().duplicates())));
          json.put(name, array);
        });
    return json;
  }

  private Ceiling ceiling() throws IOException {
    ceilingProcess.tell(Integer.toString(CEILING_REQUESTS));
    double seconds = ceilingProcess.await(CeilingProcess.NANOS) / 1e9;
    double micros = ceilingProcess.await(CeilingProcess.CPU_NANOS) / 1e3;
    return new Ceiling(CEILING_REQUESTS / seconds, micros / CEILING_REQUESTS);
  }
}
