package io.fanfare.bench;

import io.fanfare.bench.Ways.Way;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Scenario {@code throughput}: how many deliveries a second, and what one costs, by the way in
 * which events are published. Every way is measured in several rounds, each between two
 * measurements of the raw ceiling against the same receiver; the medians are printed.
 */
public final class Throughput {
  private static final PrintStream OUT = System.out;
  private static final int ROUNDS = 5;
  private static final int ROUNDS_QUICK = 3;
  private static final int DELIVERIES = 100_000;
  private static final int DELIVERIES_QUICK = 50_000;
  private static final String ROUNDS_OPTION = "--rounds=";
  private static final double MANY_TARGET = 1.25;

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
   *     --renew} to make this run the reference, {@code --rounds=N}; ends with 1 where deliveries
   *     were lost
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    int deliveries = quick ? DELIVERIES_QUICK : DELIVERIES;
    Path reference = folder.resolveSibling("reference.json");
    long lost;
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service =
            DatabaseCounters.startCounting(
                folder.resolve("postgres"), database -> fill(database, quick));
        CeilingMeter ceiling = CeilingMeter.start(Ways.BYTES, deliveries);
        ChildProcess generator = Ways.startGenerator(service)) {
      Throughput throughput = new Throughput(new Meter(receiver, service, generator), ceiling);
      throughput.run(new Ways(service, generator), quick, rounds(args, quick), deliveries);
      JsonObject count = receiver.count();
      OUT.printf(
          "%nsignatures checked: %d, wrong: %d%n",
          count.getLong("checked"), count.getLong("wrong"));
      Results.write(folder, "throughput", throughput.json(), throughput.plot());
      if (throughput.timesRaw().values().stream().allMatch(Double::isFinite)) {
        throughput.compareWith(Reference.read(reference));
        if (List.of(args).contains("--renew")) {
          Reference.renew(reference, throughput.timesRaw());
        }
      }
      lost = throughput.lost();
    }
    System.exit(lost == 0 ? 0 : 1);
  }

  private static void fill(BenchedDatabase database, boolean quick) {
    if (!quick) {
      Ways.fill(database);
    }
  }

  private static int rounds(String[] args, boolean quick) {
    return Stream.of(args)
        .filter(arg -> arg.startsWith(ROUNDS_OPTION))
        .mapToInt(arg -> Integer.parseInt(arg.substring(ROUNDS_OPTION.length())))
        .findFirst()
        .orElse(quick ? ROUNDS_QUICK : ROUNDS);
  }

  private void run(Ways ways, boolean quick, int rounds, int deliveries) throws Exception {
    ways.createWebhooks();
    OUT.printf(
        "payload %d bytes, %d webhooks, synchronous_commit=on, medians of %d rounds%n%n",
        Ways.BYTES, Ways.WEBHOOKS, rounds);
    ceiling.warmUp();
    for (Way way : ways.warmUp()) {
      measure(way);
    }
    for (int round = 0; round < rounds; round++) {
      measureAndKeep(ways.all(deliveries));
      if (!quick) {
        // They fall asleep between two rounds, and nobody's webhooks are woken once in ten events.
        measure(ways.wakeMany());
        measureAndKeep(ways.more(deliveries));
      }
    }
    new ThroughputTable(all).print();
    if (!quick) {
      printMany();
    }
  }

  private void measureAndKeep(List<Way> ways) throws Exception {
    for (Way way : ways) {
      all.computeIfAbsent(way.name(), name -> new ArrayList<>()).add(measure(way));
    }
  }

  /** What ten times as many webhooks make dearer, round by round: one follows the other. */
  private void printMany() {
    List<Measured> usual = all.getOrDefault(Ways.USUAL, List.of());
    List<Measured> many = all.getOrDefault(Ways.MANY, List.of());
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < usual.size(); i++) {
      ratios.add(many.get(i).timesRaw() / usual.get(i).timesRaw());
    }
    OUT.printf(
        "%n%d webhooks cost %.2f times the CPU of %d (%.2f – %.2f), target %.2f%n",
        Ways.MANY_WEBHOOKS,
        Medians.of(ratios, Double::doubleValue),
        Ways.WEBHOOKS,
        Collections.min(ratios),
        Collections.max(ratios),
        MANY_TARGET);
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
