package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Scenario {@code neighbours}: how long the deliveries of 900 webhooks take while they are alone,
 * and while another hundred get the same share of events and hang or fail every other second; in
 * turns, for which the hundred are made inactive and active again. Times are counted from the
 * moment at which an event should have been published.
 */
public final class Neighbours {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.started";
  private static final int BYTES = 560; // with the moment in front of them about 600
  private static final int HEALTHY = 900;
  private static final int BAD = 100;
  private static final int BAD_PORT = BenchedReceiver.PORT + 1;
  private static final int BAD_TIMEOUT_SECONDS = 5;
  private static final int RATE = 1_000;
  private static final int WARM_RATE = 2_000;
  private static final int WARM_SECONDS = 60;
  private static final long ARRIVAL_NANOS_MAX = 60_000_000_000L;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final ChildProcess generator;
  private final List<String> bad = new ArrayList<>();

  /** What the deliveries of the healthy ones took in one round. */
  private record Measured(long p50, long p99, long max, long lost) {
    JsonObject json() {
      return new JsonObject()
          .put("p50_micros", p50)
          .put("p99_micros", p99)
          .put("max_micros", max)
          .put("lost", lost);
    }
  }

  private Neighbours(BenchedReceiver receiver, BenchedService service, ChildProcess generator) {
    this.receiver = receiver;
    this.service = service;
    this.generator = generator;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for shorter runs
   */
  @SuppressWarnings("try") // the bad receiver is only there
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    Files.createDirectories(folder);
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT);
        BenchedReceiver bad = BenchedReceiver.start(BAD_PORT);
        BenchedService service = BenchedService.start(folder.resolve("postgres-neighbours"));
        ChildProcess generator = OpenGenerator.start(service, TYPE, BYTES)) {
      Neighbours neighbours = new Neighbours(receiver, service, generator);
      neighbours.createWebhooks();
      JsonObject result = neighbours.run(quick ? 3 : 7, quick ? 10 : 20);
      Results.write(
          folder,
          "neighbours",
          result,
          Plot.grouped(
              "Milliseconds to the receiver of 900 webhooks",
              List.of("p50", "p99"),
              Results.rows(result.getJsonArray("medians"), "name", "p50_millis", "p99_millis")));
    }
  }

  private void createWebhooks() throws Exception {
    for (int i = 0; i < HEALTHY; i++) {
      service.createWebhook(
          "healthy " + i, BenchedReceiver.url(BenchedReceiver.PORT, "/timed/" + i), TYPE, "p" + i);
    }
    for (int i = HEALTHY; i < HEALTHY + BAD; i++) {
      bad.add(
          service.createWebhook(
              "bad " + i,
              BenchedReceiver.url(BAD_PORT, (i % 2 == 0 ? "/hang/" : "/flap/") + i),
              TYPE,
              "p" + i,
              BAD_TIMEOUT_SECONDS));
    }
  }

  private JsonObject run(int rounds, int seconds) throws Exception {
    measure(WARM_RATE, WARM_RATE * WARM_SECONDS, HEALTHY);
    OUT.printf(
        "%d webhooks that work, 1 event/s each, REST single, medians of %d rounds of %d s; first"
            + " bytes at the receiver, milliseconds%n%n%-36s %8s %8s %8s %5s%n",
        HEALTHY, rounds, seconds, "", "p50", "p99", "max", "lost");
    List<Measured> alone = new ArrayList<>();
    List<Measured> beside = new ArrayList<>();
    // What fails for the first time compiles what nothing has run before.
    beside(seconds);
    alone(seconds);
    for (int i = 0; i < rounds; i++) {
      if (i % 2 == 0) {
        alone.add(alone(seconds));
        beside.add(beside(seconds));
      } else {
        beside.add(beside(seconds));
        alone.add(alone(seconds));
      }
    }
    line("alone", alone);
    line(BAD + " others hang or flap", beside);
    OUT.printf("%np99 beside others / alone: %.2f%n", p99(beside) / p99(alone));
    return new JsonObject()
        .put("alone", json(alone))
        .put("beside", json(beside))
        .put(
            "medians",
            new JsonArray()
                .add(medians("alone", alone))
                .add(medians(BAD + " others hang or flap", beside)));
  }

  private Measured alone(int seconds) throws Exception {
    setBadActive(false);
    int rate = RATE * HEALTHY / (HEALTHY + BAD);
    return measure(rate, rate * seconds, HEALTHY);
  }

  private Measured beside(int seconds) throws Exception {
    setBadActive(true);
    return measure(RATE, RATE * seconds, HEALTHY + BAD);
  }

  private void setBadActive(boolean active) throws Exception {
    for (String webhook : bad) {
      service.setActive(webhook, active);
    }
  }

  private Measured measure(int rate, int events, int projects) throws Exception {
    receiver.times();
    long before = receiver.received();
    generator.tell(rate + " " + events + " p " + projects);
    long refused = generator.await(OpenGenerator.FAILED);
    if (refused > 0) {
      throw new IllegalStateException("refused publishes: " + refused);
    }
    long expected = (long) events * HEALTHY / projects;
    receiver.awaitReceived(before + expected, ARRIVAL_NANOS_MAX);
    JsonObject times = receiver.times();
    return new Measured(
        times.getLong("p50_micros"),
        times.getLong("p99_micros"),
        times.getLong("max_micros"),
        expected - times.getLong("count"));
  }

  private static void line(String name, List<Measured> rounds) {
    OUT.printf(
        "%-36s %8.1f %8.1f %8.1f %5d%n",
        name,
        p50(rounds),
        p99(rounds),
        median(rounds, Measured::max),
        rounds.stream().mapToLong(Measured::lost).sum());
  }

  private static JsonObject medians(String name, List<Measured> rounds) {
    return new JsonObject()
        .put("name", name)
        .put("p50_millis", p50(rounds))
        .put("p99_millis", p99(rounds));
  }

  private static double p50(List<Measured> rounds) {
    return median(rounds, Measured::p50);
  }

  private static double p99(List<Measured> rounds) {
    return median(rounds, Measured::p99);
  }

  /** Milliseconds. */
  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> micros) {
    return Medians.of(rounds, micros) / 1_000;
  }

  private static JsonArray json(List<Measured> rounds) {
    JsonArray all = new JsonArray();
    rounds.forEach(round -> all.add(round.json()));
    return all;
  }
}
