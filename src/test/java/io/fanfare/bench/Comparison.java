package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares two builds, or two sets of options of Java: both services are alive at the same time,
 * each with its own database and generator, and get the same short loads in turns (A B B A). So the
 * machine is the same for both. One JVM is dearer than the next with the very same classes, so all
 * of it is done in several starts.
 */
public final class Comparison {
  private static final PrintStream OUT = System.out;
  private static final int STARTS = 3;
  private static final int PAIRS = 6;
  private static final int DELIVERIES = 30_000;

  private final Path folder;
  private final BenchedReceiver receiver;
  private final CeilingMeter ceiling;
  private final String otherClassPath;
  private final List<String> otherOptions;
  private final Map<String, List<Pair>> all = new LinkedHashMap<>();

  private Comparison(
      Path folder,
      BenchedReceiver receiver,
      CeilingMeter ceiling,
      String otherClassPath,
      String otherOptions) {
    this.folder = folder;
    this.receiver = receiver;
    this.ceiling = ceiling;
    this.otherClassPath = otherClassPath.isEmpty() ? ChildProcess.CLASS_PATH : otherClassPath;
    this.otherOptions = BenchedService.words(otherOptions);
  }

  /**
   * Runs the comparison; A is this build.
   *
   * @param args a folder for data and results; of B the name, the class path of its service (empty
   *     for this one) and further options of its Java in one word; {@code --quick} for one start
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int starts = List.of(args).contains("--quick") ? 1 : STARTS;
    Files.createDirectories(folder);
    long lost;
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        CeilingMeter ceiling = CeilingMeter.start(Ways.BYTES, DELIVERIES)) {
      OUT.printf(
          "A is this tree, B is %s; payload %d bytes, %d webhooks, %d starts of %d pairs%n",
          args[1], Ways.BYTES, Ways.WEBHOOKS, starts, PAIRS);
      ceiling.warmUp();
      Comparison comparison = new Comparison(folder, receiver, ceiling, args[2], args[3]);
      for (int i = 0; i < starts; i++) {
        comparison.run(i);
      }
      comparison.print();
      Results.write(folder, "comparison", comparison.json(args[1]), comparison.plot(args[1]));
      lost = comparison.all.values().stream().flatMap(List::stream).mapToLong(Pair::lost).sum();
    }
    System.exit(lost == 0 ? 0 : 1);
  }

  private void run(int start) throws Exception {
    OUT.printf("%n%-28s %18s %18s %8s%n", "start " + (start + 1), "A: × raw, CPU µs", "B", "B / A");
    try (Side a =
            Side.start(receiver, folder.resolve("postgres-a"), ChildProcess.CLASS_PATH, List.of());
        Side b = Side.start(receiver, folder.resolve("postgres-b"), otherClassPath, otherOptions)) {
      a.ways().createWebhooks();
      b.ways().createWebhooks();
      for (int way = 0; way < a.ways().warmUp().size(); way++) {
        measure(a, a.ways().warmUp().get(way));
        measure(b, b.ways().warmUp().get(way));
      }
      for (int round = 0; round < PAIRS; round++) {
        for (int way = 0; way < a.ways().all(DELIVERIES).size(); way++) {
          keep(a.ways().all(DELIVERIES).get(way).name(), pair(a, b, way, round % 2 == 0));
        }
      }
    }
  }

  private Pair pair(Side a, Side b, int way, boolean aFirst) throws Exception {
    Side side = aFirst ? a : b;
    Measured first = measure(side, side.ways().all(DELIVERIES).get(way));
    side = aFirst ? b : a;
    Measured second = measure(side, side.ways().all(DELIVERIES).get(way));
    return aFirst ? new Pair(first, second) : new Pair(second, first);
  }

  private Measured measure(Side side, Ways.Way way) throws Exception {
    return new Measured(side.measure(way), ceiling.next());
  }

  private void keep(String way, Pair pair) {
    all.computeIfAbsent(way, name -> new ArrayList<>()).add(pair);
    OUT.printf(
        "%-28s %9.1f %8.1f %9.1f %8.1f %8.2f%n",
        way,
        pair.a().timesRaw(),
        pair.a().reading().sum(),
        pair.b().timesRaw(),
        pair.b().reading().sum(),
        pair.ratio());
  }

  private void print() {
    OUT.printf(
        "%nB in units of A, medians of pairs%n%-28s %6s %15s %8s %9s %13s %10s %6s %5s%n",
        "published by",
        "CPU",
        "(from – to)",
        "service",
        "postgres",
        "deliveries/s",
        "allocated",
        "log",
        "lost");
    all.forEach(
        (way, pairs) -> {
          DoubleSummaryStatistics range =
              pairs.stream().mapToDouble(Pair::ratio).summaryStatistics();
          OUT.printf(
              "%-28s %6.2f %15s %8.2f %9.2f %13.2f %10.2f %6.2f %5d%n",
              way,
              Medians.of(pairs, Pair::ratio),
              String.format("(%.2f – %.2f)", range.getMin(), range.getMax()),
              Medians.of(pairs, pair -> pair.ratio(Meter.Reading::service)),
              Medians.of(pairs, pair -> pair.ratio(Meter.Reading::database)),
              Medians.of(pairs, pair -> pair.ratio(Meter.Reading::perSecond)),
              Medians.of(pairs, pair -> pair.ratio(reading -> reading.costs().allocatedBytes())),
              Medians.of(pairs, pair -> pair.ratio(reading -> reading.costs().walBytes())),
              pairs.stream().mapToLong(Pair::lost).sum());
        });
  }

  private String plot(String other) {
    Map<String, double[]> rows = new LinkedHashMap<>();
    all.forEach(
        (way, pairs) ->
            rows.put(
                way,
                new double[] {
                  Medians.of(pairs, pair -> pair.a().reading().sum()),
                  Medians.of(pairs, pair -> pair.b().reading().sum())
                }));
    return Plot.grouped(
        "CPU microseconds of a delivery, service and PostgreSQL",
        List.of("this tree", other),
        rows);
  }

  private JsonObject json(String other) {
    JsonObject ways = new JsonObject();
    all.forEach(
        (way, pairs) -> ways.put(way, new JsonArray(pairs.stream().map(Pair::json).toList())));
    return new JsonObject().put("a", "this tree").put("b", other).put("pairs", ways);
  }
}
