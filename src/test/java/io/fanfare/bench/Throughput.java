package io.fanfare.bench;

import io.fanfare.bench.Ways.Way;
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

/**
 * Scenario {@code throughput}: how many deliveries a second, and what one costs, by the way in
 * which events are published. Every way is measured in several rounds, each between two
 * measurements of the raw ceiling against the same receiver; the medians are printed.
 */
public final class Throughput {
  private static final PrintStream OUT = System.out;
  private static final int ROUNDS = 7;
  private static final int ROUNDS_QUICK = 3;
  private static final int DELIVERIES = 100_000;
  private static final int DELIVERIES_QUICK = 50_000;

  private final Meter meter;
  private final CeilingMeter ceiling;
  private final Map<String, List<Measured>> all = new LinkedHashMap<>();

  private Throughput(Meter meter, CeilingMeter ceiling) {
    this.meter = meter;
    this.ceiling = ceiling;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, {@code --quick} for fewer and shorter rounds, {@code
   *     --renew} to make this run the reference; ends with 1 where deliveries were lost
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    int deliveries = quick ? DELIVERIES_QUICK : DELIVERIES;
    Path reference = folder.resolveSibling("reference.json");
    long lost;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service = DatabaseCounters.startCounting(folder.resolve("postgres"));
        CeilingMeter ceiling = CeilingMeter.start(Ways.BYTES, deliveries);
        ChildProcess generator = Ways.startGenerator(service)) {
      Throughput throughput = new Throughput(new Meter(receiver, service, generator), ceiling);
      throughput.run(new Ways(service, generator), quick ? ROUNDS_QUICK : ROUNDS, deliveries);
      JsonObject count = receiver.count();
      OUT.printf(
          "%nsignatures checked: %d, wrong: %d%n",
          count.getLong("checked"), count.getLong("wrong"));
      Results.write(folder, "throughput", throughput.json(), throughput.plot());
      throughput.compareWith(Reference.read(reference));
      if (List.of(args).contains("--renew")) {
        Reference.renew(reference, throughput.timesRaw());
      }
      lost = throughput.lost();
    }
    System.exit(lost == 0 ? 0 : 1);
  }

  private void run(Ways ways, int rounds, int deliveries) throws Exception {
    ways.createWebhooks();
    OUT.printf(
        "payload %d bytes, %d webhooks, synchronous_commit=on, medians of %d rounds%n%n",
        Ways.BYTES, Ways.WEBHOOKS, rounds);
    ceiling.warmUp();
    for (Way way : ways.warmUp()) {
      measure(way);
    }
    for (int round = 0; round < rounds; round++) {
      for (Way way : ways.all(deliveries)) {
        all.computeIfAbsent(way.name(), name -> new ArrayList<>()).add(measure(way));
      }
    }
    new ThroughputTable(all).print();
  }

  private Measured measure(Way way) throws Exception {
    return new Measured(meter.measure(way.deliveries(), way.load()), ceiling.next());
  }

  private void compareWith(Reference reference) {
    List<String> sentences = reference.compare(timesRaw());
    OUT.println();
    sentences.forEach(sentence -> OUT.println("!!! " + sentence));
    if (sentences.isEmpty()) {
      OUT.println("each × raw is within a tenth of the reference");
    }
  }

  private Map<String, Double> timesRaw() {
    Map<String, Double> medians = new LinkedHashMap<>();
    all.forEach((name, rounds) -> medians.put(name, Medians.of(rounds, Measured::timesRaw)));
    return medians;
  }

  private long lost() {
    return all.values().stream().flatMap(List::stream).mapToLong(m -> m.reading().lost()).sum();
  }

  private String plot() {
    List<ToDoubleFunction<Meter.Reading>> parts =
        List.of(
            Meter.Reading::service,
            Meter.Reading::database,
            reading -> reading.costs().receiver(),
            reading -> reading.costs().generator());
    Map<String, double[]> rows = new LinkedHashMap<>();
    all.forEach(
        (name, rounds) ->
            rows.put(
                name,
                parts.stream()
                    .mapToDouble(part -> Medians.of(rounds, m -> part.applyAsDouble(m.reading())))
                    .toArray()));
    return Plot.stacked(
        "CPU microseconds of a delivery",
        List.of("service", "PostgreSQL", "receiver", "generator"),
        rows);
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    all.forEach(
        (name, rounds) ->
            json.put(name, new JsonArray(rounds.stream().map(Measured::json).toList())));
    return json;
  }
}
