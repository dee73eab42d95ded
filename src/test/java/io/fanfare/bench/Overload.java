package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Scenario {@code overload}: single events over REST at three times the rate that the service can
 * take for long. Shows that it answers 503 to what is too much, soon to what it takes, keeps its
 * memory, loses nothing that it accepted, and is its old self some seconds later.
 */
public final class Overload {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.started";
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int FACTOR = 3;
  // What a server may be asked to keep: below http.connections_max, and others need some too.
  private static final int CONNECTIONS_MAX = 1_900;
  private static final int CONNECTIONS_CLOSED_LOOP = 128;
  private static final int EVENTS_CLOSED_LOOP = 30_000;
  private static final int ROUNDS_CLOSED_LOOP = 3;
  private static final int CALM_RATE = 200;
  private static final int CALM_SECONDS = 10;
  private static final int AFTER_SECONDS = 20;
  private static final int NORMAL_FACTOR = 3;
  private static final int IN_A_ROW = 2;
  private static final long DRAIN_NANOS_MAX = 300_000_000_000L;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final ChildProcess generator;
  private final JsonObject json = new JsonObject();
  private long accepted;
  private long unclear;

  private Overload(BenchedReceiver receiver, BenchedService service, ChildProcess generator) {
    this.receiver = receiver;
    this.service = service;
    this.generator = generator;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a shorter run
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedService service = BenchedService.start(folder.resolve("postgres-overload"));
        ChildProcess generator = FloodGenerator.start(service, TYPE, WEBHOOKS, BYTES)) {
      service.createWebhooks(WEBHOOKS, "/hook/", TYPE);
      Overload overload = new Overload(receiver, service, generator);
      overload.run(quick ? 5 : 10, quick ? 15 : 60);
      Results.write(folder, "overload", overload.json, overload.plot());
    }
  }

  private void run(int warmRounds, int seconds) throws Exception {
    for (int i = 0; i < warmRounds; i++) {
      closedLoop();
    }
    double sustainable = sustainable();
    int rate = (int) (FACTOR * sustainable);
    OUT.printf(
        "payload %d bytes, %d webhooks, REST single, %s; sustainable %.0f/s in a closed loop of %d"
            + " connections%n%n",
        BYTES, WEBHOOKS, BenchedService.HEAP, sustainable, CONNECTIONS_CLOSED_LOOP);
    double normal = Medians.of(open(CALM_RATE, CALM_SECONDS).secondsP99(), Long::doubleValue);
    FloodRun.Result flood;
    Resident resident = Resident.watch(service);
    try (resident) {
      flood = open(rate, seconds);
    }
    List<Long> after = open(CALM_RATE, AFTER_SECONDS).secondsP99();
    long residentAfter = service.residentMebibytes();
    json.put("sustainable_per_second", sustainable).put("offered_per_second", rate);
    printAnswers(flood.figures(), rate, seconds);
    OUT.printf(
        "%-44s %12d   at first %d, after it %d%n",
        "resident MiB, most", resident.most(), resident.first(), residentAfter);
    json.put("resident_first_mebibytes", resident.first())
        .put("resident_most_mebibytes", resident.most())
        .put("resident_after_mebibytes", residentAfter);
    printNormal(normal, after);
    reconcile();
  }

  /** What many publishers reach that wait for each answer, until their events have arrived. */
  private double sustainable() throws Exception {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < ROUNDS_CLOSED_LOOP; i++) {
      rates.add(closedLoop());
    }
    return Medians.of(rates, Double::doubleValue);
  }

  private double closedLoop() throws Exception {
    long before = receiver.received();
    long begin = System.nanoTime();
    FloodRun.Result result =
        flood(new FloodRun.Order(0, EVENTS_CLOSED_LOOP, CONNECTIONS_CLOSED_LOOP));
    long arriving = result.figures().get(FloodFigure.ACCEPTED);
    receiver.awaitReceived(before + arriving, DRAIN_NANOS_MAX);
    return arriving / ((System.nanoTime() - begin) / 1e9);
  }

  private FloodRun.Result open(int rate, int seconds) throws IOException {
    return flood(new FloodRun.Order(rate, rate * seconds, CONNECTIONS_MAX));
  }

  private FloodRun.Result flood(FloodRun.Order order) throws IOException {
    FloodRun.Result result = FloodGenerator.run(generator, order);
    accepted += result.figures().get(FloodFigure.ACCEPTED);
    unclear += result.figures().get(FloodFigure.ERRORS);
    return result;
  }

  private void printAnswers(Map<FloodFigure, Long> figures, int rate, int seconds) {
    figures.forEach((figure, value) -> json.put(figure.name().toLowerCase(Locale.ROOT), value));
    OUT.printf("%-44s %12s   %s%n", "", "", "target");
    line("events offered (%,d/s for %d s)".formatted(rate, seconds), (long) rate * seconds, "");
    line("answered 202", figures.get(FloodFigure.ACCEPTED), "");
    line("answered 503", figures.get(FloodFigure.REFUSED), "the surplus");
    line("503 without Retry-After", figures.get(FloodFigure.REFUSED_WITHOUT_RETRY_AFTER), "0");
    line("other answers", figures.get(FloodFigure.OTHER), "0");
    line("connection errors", figures.get(FloodFigure.ERRORS), "0");
    line("not sent, all connections waited", figures.get(FloodFigure.UNSENT), "0");
    line("connections", figures.get(FloodFigure.CONNECTIONS), "");
    millis("202 after the event's moment, p50, ms", figures.get(FloodFigure.ACCEPTED_P50), "");
    millis("202 after the event's moment, p99, ms", figures.get(FloodFigure.ACCEPTED_P99), "2,000");
    millis("202 after the event's moment, max, ms", figures.get(FloodFigure.ACCEPTED_MAX), "");
    millis("202 after it was sent, p99, ms", figures.get(FloodFigure.ACCEPTED_SENT_P99), "");
    millis("503 after the event's moment, p99, ms", figures.get(FloodFigure.REFUSED_P99), "");
    millis("generator late, p99, ms", figures.get(FloodFigure.LATE_P99), "");
    millis("generator late, max, ms", figures.get(FloodFigure.LATE_MAX), "");
  }

  private static void line(String name, long value, String target) {
    OUT.printf("%-44s %,12d   %s%n", name, value, target);
  }

  private static void millis(String name, long micros, String target) {
    OUT.printf("%-44s %,12.1f   %s%n", name, micros / 1e3, target);
  }

  /** How many seconds pass until the 202s of a few events are about as fast as before. */
  private void printNormal(double normal, List<Long> after) {
    int second = 0;
    int inARow = 0;
    while (second < after.size() && inARow < IN_A_ROW) {
      long p99 = after.get(second++);
      inARow = p99 >= 0 && p99 <= NORMAL_FACTOR * normal ? inARow + 1 : 0;
    }
    boolean normalAgain = inARow == IN_A_ROW;
    int until = second - IN_A_ROW;
    OUT.printf(
        "%-44s %,12.1f%n%-44s %12s   10%n",
        "p99 at %d/s before, ms".formatted(CALM_RATE),
        normal / 1e3,
        "below %d times that again after, s".formatted(NORMAL_FACTOR),
        normalAgain ? Integer.toString(until) : "never");
    json.put("calm_p99_micros", normal)
        .put("after_p99_micros", new JsonArray(List.copyOf(after)))
        .put("normal_after_seconds", normalAgain ? until : null);
  }

  /** Holds what publishers were told against what is stored and what arrived. */
  private void reconcile() throws Exception {
    long begin = System.nanoTime();
    long success;
    try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
      while (database.count("select count(*) from delivery where status = 'pending'") > 0
          && System.nanoTime() - begin < DRAIN_NANOS_MAX) {
        database.rest(1_000);
      }
      success = database.count("select count(*) from delivery where status = 'success'");
    }
    long received = receiver.received();
    OUT.printf(
        "%nafter the drain of %d s: accepted %,d, stored as delivered %,d, at the receiver %,d: lost %d,"
            + " duplicates %d%s%n",
        (System.nanoTime() - begin) / 1_000_000_000,
        accepted,
        success,
        received,
        Math.max(0, accepted - success),
        received - success,
        unclear == 0 ? "" : "; without an answer " + unclear);
    json.put("lost", Math.max(0, accepted - success)).put("duplicates", received - success);
  }

  private String plot() {
    Map<String, double[]> rows = new LinkedHashMap<>();
    rows.put("answered 202", new double[] {json.getLong("accepted")});
    rows.put("answered 503", new double[] {json.getLong("refused")});
    rows.put("not sent, all connections waited", new double[] {json.getLong("unsent")});
    return Plot.grouped("What came of three times too many events", List.of("events"), rows);
  }
}
