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
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scenario {@code latency}: single events over REST at fixed rates. Tells how long a publisher
 * waits for its 202, and how long after it should have been published an event is at its receiver;
 * and the same for the first events of webhooks that were idle.
 */
public final class Latency {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.started";
  private static final int BYTES = 560; // with the moment in front of them about 600
  private static final int WEBHOOKS = 1_000;
  private static final int IDLE_WEBHOOKS = 100;
  private static final int[] RATES = {100, 1_000, 5_000};
  private static final int WARM_RATE = 2_000;
  private static final int WARM_SECONDS = 60;
  private static final int IDLE_RATE = 5;
  private static final long ARRIVAL_NANOS_MAX = 60_000_000_000L;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final ChildProcess generator;
  private final List<Measured> measured = new ArrayList<>();

  /** One run; times in microseconds, see {@link #line}. */
  private record Measured(
      String name,
      long acceptedP50,
      long acceptedP99,
      long acceptedMax,
      long arrivedP50,
      long arrivedP99,
      long arrivedMax,
      long refused,
      long lost,
      long duplicates,
      JsonArray arrived) {
    JsonObject json() {
      return new JsonObject()
          .put("name", name)
          .put("accepted_p50_micros", acceptedP50)
          .put("accepted_p99_micros", acceptedP99)
          .put("accepted_max_micros", acceptedMax)
          .put("arrived_p50_micros", arrivedP50)
          .put("arrived_p99_micros", arrivedP99)
          .put("arrived_max_micros", arrivedMax)
          .put("arrived_percentiles_micros", arrived)
          .put("refused", refused)
          .put("lost", lost)
          .put("duplicates", duplicates);
    }
  }

  private Latency(BenchedReceiver receiver, BenchedService service, ChildProcess generator) {
    this.receiver = receiver;
    this.service = service;
    this.generator = generator;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for shorter runs
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service = BenchedService.start(folder.resolve("postgres-latency"));
        ChildProcess generator = OpenGenerator.start(service, TYPE, BYTES)) {
      Latency latency = new Latency(receiver, service, generator);
      latency.createWebhooks();
      latency.run(quick ? 3 : 5, quick ? 5 : 20);
      Results.write(folder, "latency", latency.json(), latency.plot());
    }
  }

  private void createWebhooks() throws Exception {
    service.createWebhooks(WEBHOOKS, "/timed/", TYPE);
    String url = BenchedReceiver.url(BenchedReceiver.PORT, "/timed/");
    for (int i = 0; i < IDLE_WEBHOOKS; i++) {
      service.createWebhook("idle " + i, url + "idle" + i, TYPE, "idle" + i);
    }
  }

  private void run(int rounds, int seconds) throws Exception {
    measure("warm-up", WARM_RATE, WARM_RATE * WARM_SECONDS, "p", WEBHOOKS);
    OUT.printf(
        "payload 600 bytes, %d webhooks, REST single, synchronous_commit=on, medians of %d rounds of"
            + " %d s; milliseconds%n%n",
        WEBHOOKS, rounds, seconds);
    OUT.printf(
        "%-28s %26s %32s%n%-28s %8s %8s %8s   %9s %9s %9s %8s %5s %4s%n",
        "",
        "accepted (202)",
        "first bytes at the receiver",
        "",
        "p50",
        "p99",
        "max",
        "p50",
        "p99",
        "max",
        "refused",
        "lost",
        "dup");
    // First, while nothing has been sent to them: each event wakes a webhook.
    line(
        List.of(
            measure("first event of a webhook", IDLE_RATE, IDLE_WEBHOOKS, "idle", IDLE_WEBHOOKS)));
    for (int rate : RATES) {
      List<Measured> all = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        all.add(measure(rate + " events/s", rate, rate * seconds, "p", WEBHOOKS));
      }
      line(all);
    }
  }

  private Measured measure(String name, int rate, int events, String prefix, int projects)
      throws Exception {
    long before = receiver.received();
    receiver.times();
    generator.tell(rate + " " + events + " " + prefix + " " + projects);
    long p50 = generator.await(OpenGenerator.P50);
    long p99 = generator.await(OpenGenerator.P99);
    long max = generator.await(OpenGenerator.MAX);
    long refused = generator.await(OpenGenerator.FAILED);
    long expected = events - refused;
    long received = receiver.awaitReceived(before + expected, ARRIVAL_NANOS_MAX) - before;
    JsonObject times = receiver.times();
    Measured result =
        new Measured(
            name,
            p50,
            p99,
            max,
            times.getLong("p50_micros"),
            times.getLong("p99_micros"),
            times.getLong("max_micros"),
            refused,
            Math.max(0, expected - received),
            Math.max(0, received - expected),
            times.getJsonArray("percentiles_micros"));
    measured.add(result);
    return result;
  }

  private static void line(List<Measured> rounds) {
    OUT.printf(
        "%-28s %8.1f %8.1f %8.1f   %9.1f %9.1f %9.1f %8d %5d %4d%n",
        rounds.get(0).name(),
        median(rounds, Measured::acceptedP50),
        median(rounds, Measured::acceptedP99),
        median(rounds, Measured::acceptedMax),
        median(rounds, Measured::arrivedP50),
        median(rounds, Measured::arrivedP99),
        median(rounds, Measured::arrivedMax),
        rounds.stream().mapToLong(Measured::refused).sum(),
        rounds.stream().mapToLong(Measured::lost).sum(),
        rounds.stream().mapToLong(Measured::duplicates).sum());
  }

  /** Milliseconds. */
  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> micros) {
    return Medians.of(rounds, micros) / 1_000;
  }

  /** Medians of the rounds of each rate; the first run is the warm-up. */
  private String plot() {
    Map<String, List<Measured>> rounds =
        measured.stream()
            .skip(1)
            .collect(
                Collectors.groupingBy(Measured::name, LinkedHashMap::new, Collectors.toList()));
    int percentiles = ReceiverProcess.PERCENTILES.size();
    Map<String, double[]> curves = new LinkedHashMap<>();
    rounds.forEach(
        (name, runs) ->
            curves.put(
                name,
                IntStream.range(0, percentiles)
                    .mapToDouble(i -> median(runs, run -> run.arrived().getLong(i)))
                    .toArray()));
    return Plot.lines(
        "Milliseconds to the receiver, by share of the events that took no longer",
        ReceiverProcess.PERCENTILES.stream().map(p -> p + " %").toList(),
        curves);
  }

  private JsonObject json() {
    JsonArray runs = new JsonArray();
    measured.forEach(run -> runs.add(run.json()));
    return new JsonObject().put("runs", runs);
  }
}
