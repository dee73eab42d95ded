package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.client.FanfareClient;
import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import io.fanfare.faults.History.Hook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Nothing goes wrong, for long: load in rounds, and between them webhooks that come, get an event
 * and go, ten thousand in all. What the process holds once it is quiet must not grow. Netty follows
 * every buffer meanwhile, and says which one was not given back.
 */
final class SoakFaults {
  static final Map<String, Fault> ALL = Map.of("soak", SoakFaults::soak);

  private static final long SECONDS = 300;
  private static final int WEBHOOKS = 10_000;
  private static final int EVENTS_OF_A_ROUND = 8_000;
  private static final int AT_A_TIME = 50;
  // The verticles of webhooks without work have gone by then.
  private static final String IDLE = "500ms";

  // Until this share of the rounds is over, code is compiled and tables are filled.
  private static final double WARM_UP = 0.4;
  private static final double MEBIBYTES_PER_HOUR = 1;
  // Two measurements of the same are so far apart.
  private static final double NOISE_MEBIBYTES = 1;
  // Connections that come and go with the load.
  private static final int NOISE_DESCRIPTORS = 20;

  // Idle connections to receivers are closed well within this.
  private static final Duration QUIET_MAX = Duration.ofMinutes(2);

  private static final List<String> JAVA =
      List.of(
          "-Dio.netty.leakDetection.level=paranoid",
          // Buffers that are counted where /metrics reads.
          "-Dio.netty.maxDirectMemory=0",
          // Else three collections of four leave what is dead where it lies, and count it.
          "-XX:MarkSweepAlwaysCompactCount=1");

  private SoakFaults() {}

  /** What the quiet process holds after a collection. */
  private record Held(double hours, double heap, double direct, long descriptors) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.0f s: heap %.2f MiB, direct %.2f MiB, %d descriptors",
          hours * 3_600,
          heap,
          direct,
          descriptors);
    }
  }

  private static Figures soak(Place place) throws Exception {
    long seconds = Long.getLong("faults.seconds", SECONDS);
    List<Held> held = new ArrayList<>();
    try (FaultRun run =
        FaultRun.start(
            place.name(),
            place.folder(),
            place.database(),
            Map.of("FANFARE_DELIVERY_IDLE_UNDEPLOY", IDLE),
            JAVA)) {
      long begin = System.nanoTime();
      int gone = 0;
      for (int round = 0; gone < WEBHOOKS; round++) {
        run.load();
        run.awaitAccepted(EVENTS_OF_A_ROUND);
        run.settled();
        for (Hook hook : run.hooks()) {
          await(run.client().delete("/api/webhooks/" + hook.id()));
        }
        double share = Math.min(1, (System.nanoTime() - begin) / (seconds * 1e9));
        int wanted = Math.max(1, (int) (WEBHOOKS * share) - gone);
        comeAndGo(run, "churn" + round, wanted);
        gone += wanted;
        rest(run, held);
        held.add(held(run, begin));
        System.out.println("soak: " + held.get(held.size() - 1));
        run.receiver.forget();
      }
      assertThat(run.service().isAlive()).isTrue();
      String said = Files.readString(place.folder().resolve("service.log"));
      assertThat(said).as("buffers not given back").doesNotContain("LEAK");
      assertFlat(held);
      return run.figures();
    }
  }

  /** Makes webhooks, has an event delivered to each, and deletes them. */
  private static void comeAndGo(FaultRun run, String project, int count) throws Exception {
    FanfareClient client = run.client();
    JsonObject wanted =
        new JsonObject()
            .put("name", project)
            .put("url", run.receiver.url("/" + project))
            .put("events", new JsonArray().add("build.completed"))
            .put("project_id", project);
    List<String> ids = new ArrayList<>();
    for (int made = 0; made < count; made += AT_A_TIME) {
      List<Future<JsonObject>> some = new ArrayList<>();
      for (int i = made; i < Math.min(count, made + AT_A_TIME); i++) {
        some.add(client.post("/api/webhooks", wanted));
      }
      await(Future.all(some));
      some.forEach(one -> ids.add(one.result().getString("webhook_id")));
    }
    await(
        client.post(
            "/api/events",
            new JsonObject()
                .put("event", "build.completed")
                .put("data", new JsonObject().put("n", 1))
                .put("project_id", project)));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run.receiver.got("/" + project).size() == count);
    for (int gone = 0; gone < count; gone += AT_A_TIME) {
      await(
          Future.all(
              ids.subList(gone, Math.min(count, gone + AT_A_TIME)).stream()
                  .map(id -> client.delete("/api/webhooks/" + id))
                  .toList()));
    }
  }

  /** Waits until connections and verticles that were of use in this round are gone. */
  private static void rest(FaultRun run, List<Held> held) throws Exception {
    run.passes(Duration.ofSeconds(3));
    if (!held.isEmpty()) {
      long before = held.get(0).descriptors();
      await().atMost(QUIET_MAX).until(() -> descriptors(run) < before + NOISE_DESCRIPTORS);
    }
  }

  private static long descriptors(FaultRun run) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + run.service().pid() + "/fd"))) {
      return open.count();
    }
  }

  private static Held held(FaultRun run, long begin) throws Exception {
    long pid = run.service().pid();
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Signals.run(List.of(jcmd, Long.toString(pid), "GC.run"));
    String metrics = run.service().metrics();
    return new Held(
        (System.nanoTime() - begin) / 3.6e12,
        mebibytes(metrics, "jvm_memory_used_bytes{area=\"heap\""),
        mebibytes(metrics, "jvm_buffer_memory_used_bytes{id=\"direct\""),
        descriptors(run));
  }

  private static double mebibytes(String metrics, String begin) {
    List<Double> values =
        metrics
            .lines()
            .filter(line -> line.startsWith(begin))
            .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
            .toList();
    assertThat(values).as(begin).isNotEmpty();
    return values.stream().mapToDouble(Double::doubleValue).sum() / (1 << 20);
  }

  private static void assertFlat(List<Held> all) {
    List<Held> held = all.subList((int) (all.size() * WARM_UP), all.size());
    double heap = slope(held, held.stream().map(Held::heap).toList());
    double direct = slope(held, held.stream().map(Held::direct).toList());
    double hours = held.get(held.size() - 1).hours() - held.get(0).hours();
    System.out.printf(
        Locale.ROOT,
        "soak: after the warm-up %.2f h, heap %+.2f MiB/h, direct %+.2f MiB/h%n",
        hours,
        heap,
        direct);
    double allowed = MEBIBYTES_PER_HOUR * hours + NOISE_MEBIBYTES;
    assertThat(heap * hours).as("growth of the heap, MiB").isLessThan(allowed);
    assertThat(direct * hours).as("growth of direct memory, MiB").isLessThan(allowed);
  }

  /** Growth an hour, by least squares. */
  private static double slope(List<Held> held, List<Double> values) {
    double x = held.stream().mapToDouble(Held::hours).average().orElseThrow();
    double y = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double above = 0;
    double below = 0;
    for (int i = 0; i < held.size(); i++) {
      double dx = held.get(i).hours() - x;
      above += dx * (values.get(i) - y);
      below += dx * dx;
    }
    return above / below;
  }
}
