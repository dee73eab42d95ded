package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Scenario {@code backlog}: deliveries of a dead receiver wait next to a thousand webhooks that
 * work. Two services are alive at the same time, with and without a backlog, and get the same loads
 * in turns: what the waiting ones cost their neighbours is the ratio. Then the receiver comes back,
 * and all of them must arrive.
 */
public final class Backlog {
  private static final PrintStream OUT = System.out;
  private static final int WARM_UP = 400_000;
  private static final int DELIVERIES = 40_000;
  private static final int SECONDS = 10;
  private static final int PAIRS = 7;
  private static final int LOOKS = 20;
  private static final long DRAIN_NANOS_MAX = 1_800_000_000_000L;

  private final BacklogSide with;
  private final BacklogSide without;
  private final List<Neighbourly> pairs = new ArrayList<>();
  private final JsonArray memory = new JsonArray();

  /** The same on both services, one right after the other. */
  private record Neighbourly(
      Meter.Reading with, Meter.Reading without, double p99With, double p99Without) {
    double cpu() {
      return with.sum() / without.sum();
    }

    JsonObject json() {
      return new JsonObject()
          .put("micros_with", with.sum())
          .put("micros_without", without.sum())
          .put("p99_millis_with", p99With)
          .put("p99_millis_without", p99Without);
    }
  }

  /** What became of the backlog. */
  private record Drained(double perSecond, long lost, long duplicates, long residentMax) {}

  private Backlog(BacklogSide with, BacklogSide without) {
    this.with = with;
    this.without = without;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a tenth of the work
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BacklogSide with = BacklogSide.start(receiver, folder.resolve("postgres-backlog"));
        BacklogSide without = BacklogSide.start(receiver, folder.resolve("postgres-none"))) {
      new Backlog(with, without).run(folder, quick);
    }
  }

  private void run(Path folder, boolean quick) throws Exception {
    int backlog = quick ? 100_000 : 1_000_000;
    OUT.printf(
        "%s, %d webhooks that work, one of a dead receiver, payload %d bytes%n%n%-40s %18s %14s%n",
        BenchedService.HEAP,
        BacklogSide.WEBHOOKS,
        BacklogSide.BYTES,
        "",
        "heap in use, MiB",
        "resident, MiB");
    for (BacklogSide side : List.of(with, without)) {
      side.cost(quick ? WARM_UP / 4 : WARM_UP);
      side.costOfOne(DELIVERIES);
    }
    memory("warm");
    double piledUp = with.pileUp(backlog);
    memory(backlog + " deliveries wait");
    for (int i = 0; i < (quick ? 3 : PAIRS); i++) {
      pairs.add(pair(i % 2 == 0));
    }
    memory("after the neighbours' load");
    double ofOne = Medians.of(ofOne(), Meter.Reading::perSecond);
    Drained drained = drain(backlog);
    memory("drained");
    print(piledUp, ofOne, drained);
    Results.write(folder, "backlog", json(piledUp, ofOne, drained), plot());
  }

  private List<Meter.Reading> ofOne() throws Exception {
    List<Meter.Reading> readings = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readings.add(without.costOfOne(DELIVERIES));
    }
    return readings;
  }

  private void memory(String when) throws Exception {
    double heap = with.service().heapMebibytes();
    long resident = with.service().residentMebibytes();
    OUT.printf("%-40s %18.0f %14d%n", when, heap, resident);
    memory.add(
        new JsonObject()
            .put("when", when)
            .put("heap_mebibytes", heap)
            .put("resident_mebibytes", resident));
  }

  private Neighbourly pair(boolean withFirst) throws Exception {
    BacklogSide first = withFirst ? with : without;
    BacklogSide second = withFirst ? without : with;
    Meter.Reading firstCost = first.cost(DELIVERIES);
    Meter.Reading secondCost = second.cost(DELIVERIES);
    double firstP99 = first.p99(SECONDS);
    double secondP99 = second.p99(SECONDS);
    return withFirst
        ? new Neighbourly(firstCost, secondCost, firstP99, secondP99)
        : new Neighbourly(secondCost, firstCost, secondP99, firstP99);
  }

  /** The receiver comes back, and its owner says so: its circuit would look in ten minutes only. */
  private Drained drain(int backlog) throws Exception {
    BenchedService service = with.service();
    long before = service.recorded();
    try (BenchedReceiver receiver = BenchedReceiver.start(BacklogSide.DEAD_PORT)) {
      with.closeCircuit();
      // Until then the concurrency was that of a receiver that may be weak.
      int begun = backlog / LOOKS;
      service.awaitRecorded(before + begun, DRAIN_NANOS_MAX);
      long begin = System.nanoTime();
      long resident = 0;
      for (int look = 2; look <= LOOKS; look++) {
        service.awaitRecorded(before + (long) begun * look, DRAIN_NANOS_MAX);
        resident = Math.max(resident, service.residentMebibytes());
      }
      double rate = (backlog - begun) / ((System.nanoTime() - begin) / 1e9);
      long received = receiver.received();
      return new Drained(
          rate, Math.max(0, backlog - received), Math.max(0, received - backlog), resident);
    }
  }

  private void print(double piledUp, double ofOne, Drained drained) {
    OUT.printf(
        "%nneighbours, medians of %d pairs     with backlog      without        ratio%n",
        pairs.size());
    OUT.printf(
        "CPU µs of a delivery            %14.1f %14.1f %12.2f  (%.2f – %.2f)%n",
        Medians.of(pairs, pair -> pair.with().sum()),
        Medians.of(pairs, pair -> pair.without().sum()),
        Medians.of(pairs, Neighbourly::cpu),
        pairs.stream().mapToDouble(Neighbourly::cpu).min().orElseThrow(),
        pairs.stream().mapToDouble(Neighbourly::cpu).max().orElseThrow());
    OUT.printf(
        "p99 at 1,000 events/s, ms       %14.1f %14.1f %12.2f%n",
        Medians.of(pairs, Neighbourly::p99With),
        Medians.of(pairs, Neighbourly::p99Without),
        Medians.of(pairs, pair -> pair.p99With() / pair.p99Without()));
    OUT.printf(
        "%naccepted while it piled up %.0f/s; one webhook without backlog %.0f/s, draining %.0f/s:"
            + " %.2f of it%nresident while draining %d MiB; lost %d, duplicates %d%n",
        piledUp,
        ofOne,
        drained.perSecond(),
        drained.perSecond() / ofOne,
        drained.residentMax(),
        drained.lost(),
        drained.duplicates());
  }

  private JsonObject json(double piledUp, double ofOne, Drained drained) {
    return new JsonObject()
        .put("memory", memory)
        .put("pairs", new JsonArray(pairs.stream().map(Neighbourly::json).toList()))
        .put("piled_up_per_second", piledUp)
        .put("one_webhook_per_second", ofOne)
        .put("drained_per_second", drained.perSecond())
        .put("resident_draining_mebibytes", drained.residentMax())
        .put("lost", drained.lost())
        .put("duplicates", drained.duplicates());
  }

  private String plot() {
    JsonArray rows = new JsonArray();
    for (int i = 0; i < pairs.size(); i++) {
      rows.add(pairs.get(i).json().put("pair", "pair " + (i + 1)));
    }
    return Plot.grouped(
        "CPU microseconds of a delivery of the neighbours",
        List.of("with backlog", "without"),
        Results.rows(rows, "pair", "micros_with", "micros_without"));
  }
}
