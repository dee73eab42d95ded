package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Scenario {@code throughput}: how many deliveries a second, and what one costs, by the way in
 * which events are published. The raw ceiling against the same receiver is measured in the same
 * run, before and after.
 */
public final class Throughput {
  private static final PrintStream OUT = System.out;
  private static final int BYTES = 600;
  private static final int WEBHOOKS = 1_000;
  private static final int OUTSTANDING = 2_000;
  private static final String TOKEN = "bench-token-0123456789";

  private final HttpClient http = HttpClient.newHttpClient();
  private final int receiverPort;
  private final long servicePid;
  private final long servicePort;
  private final long generatorPort;
  private final Path databaseDir;
  private final JsonArray rows = new JsonArray();

  private Throughput(
      int receiverPort, long servicePid, long servicePort, long generatorPort, Path databaseDir) {
    this.receiverPort = receiverPort;
    this.servicePid = servicePid;
    this.servicePort = servicePort;
    this.generatorPort = generatorPort;
    this.databaseDir = databaseDir;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a quarter of the work
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    int scale = quick ? 1 : 4;
    int receiverPort = 18_080;
    Path database = folder.resolve("postgres");
    Files.createDirectories(folder);
    try (ChildProcess receiver =
            ChildProcess.start(
                ReceiverProcess.class,
                List.of("-Xmx256m"),
                Map.of(),
                Integer.toString(receiverPort));
        ChildProcess service = service(database)) {
      receiver.await(ProcessOutput.READY);
      long servicePort = service.await(ProcessOutput.READY);
      long generatorPort = service.await(ProcessOutput.READY);
      Throughput run =
          new Throughput(receiverPort, service.pid(), servicePort, generatorPort, database);
      run.run(scale, folder);
    }
  }

  private static ChildProcess service(Path database) throws IOException {
    return ChildProcess.start(
        ServiceProcess.class,
        List.of("-Xmx512m"),
        Map.of(
            "FANFARE_HTTP_PORT", "0",
            "FANFARE_LOG_LEVEL", "warn",
            "FANFARE_DATABASE_EMBEDDED_DIR", database.toString(),
            "FANFARE_AUTH_ADMIN_TOKEN", TOKEN,
            "FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8"));
  }

  private void run(int scale, Path folder) throws Exception {
    createWebhooks();
    OUT.printf("payload %d bytes, %d webhooks, synchronous_commit=on%n%n", BYTES, WEBHOOKS);
    OUT.printf(
        "%-28s %12s %8s %10s %10s %10s %6s %6s%n",
        "published by",
        "deliveries/s",
        "ratio",
        "service µs",
        "postgres µs",
        "sum µs",
        "lost",
        "dup");
    // Long enough for the compiler to be done: a cold JVM costs four times as much.
    bus("warm-up", "build.started", 1, 400_000, 0);
    rest("warm-up", 150_000, 1, 0);
    double ceiling = ceiling(200_000 * scale);
    bus("event bus, fan-out 1", "build.started", 1, 100_000 * scale, ceiling);
    bus("event bus, fan-out 10", "build.completed", 10, 10_000 * scale, ceiling);
    rest("REST batch of 100, fan-out 1", 100_000 * scale, 100, ceiling);
    rest("REST single, fan-out 1", 50_000 * scale, 1, ceiling);
    double after = ceiling(200_000 * scale);
    OUT.printf("%nraw ceiling: %.0f/s before, %.0f/s after%n", ceiling, after);
    JsonObject count = get("http://127.0.0.1:" + receiverPort + "/count");
    OUT.printf(
        "signatures checked: %d, wrong: %d%n", count.getLong("checked"), count.getLong("wrong"));
    Files.writeString(
        folder.resolve("throughput.json"),
        new JsonObject()
            .put("ceiling_before", ceiling)
            .put("ceiling_after", after)
            .put("rows", rows)
            .encodePrettily());
  }

  /**
   * One webhook for each event of fan-out 1 in turn is not how matching works: projects spread the
   * events.
   */
  private void createWebhooks() throws Exception {
    JsonObject known = get("http://127.0.0.1:" + servicePort + "/api/webhooks?limit=1");
    if (known.getInteger("total") >= WEBHOOKS) {
      return;
    }
    for (int i = 0; i < WEBHOOKS; i++) {
      JsonArray events = new JsonArray().add("build.started");
      post(
          "/api/webhooks",
          new JsonObject()
              .put("name", "bench " + i)
              .put("url", "http://127.0.0.1:" + receiverPort + "/hook/" + i)
              .put("secret", ReceiverProcess.SECRET)
              .put("events", events)
              .put("project_id", "p" + i)
              .encode());
    }
    for (int i = 0; i < 10 * 100; i++) {
      post(
          "/api/webhooks",
          new JsonObject()
              .put("name", "bench group " + i)
              .put("url", "http://127.0.0.1:" + receiverPort + "/hook/g" + i)
              .put("secret", ReceiverProcess.SECRET)
              .put("events", new JsonArray().add("build.completed"))
              .put("project_id", "p" + (i / 10))
              .encode());
    }
  }

  private void bus(String name, String type, int fanOut, int events, double ceiling)
      throws Exception {
    measure(
        name,
        events * fanOut,
        ceiling,
        () -> {
          JsonObject done =
              get(
                  "http://127.0.0.1:"
                      + generatorPort
                      + "/run?events="
                      + events
                      + "&outstanding="
                      + OUTSTANDING
                      + "&bytes="
                      + BYTES
                      + "&projects="
                      + (fanOut == 1 ? WEBHOOKS : 100)
                      + "&type="
                      + type);
          if (done.getInteger("failed") > 0) {
            OUT.println("  failed publishes: " + done.getInteger("failed"));
          }
          return done.getLong("cpu_nanos") / 1000;
        });
  }

  private void rest(String name, int events, int batch, double ceiling) throws Exception {
    measure(
        name,
        events,
        ceiling,
        () -> {
          try (ChildProcess generator =
              ChildProcess.start(
                  RestGenerator.class,
                  List.of("-Xmx256m"),
                  Map.of(),
                  Long.toString(servicePort),
                  TOKEN,
                  "build.started",
                  Integer.toString(events),
                  Integer.toString(batch),
                  Integer.toString(batch == 1 ? 128 : 16),
                  Integer.toString(WEBHOOKS),
                  Integer.toString(BYTES))) {
            generator.await(RestGenerator.NANOS);
            long failed = generator.await(RestGenerator.FAILED);
            if (failed > 0) {
              OUT.println("  failed publishes: " + failed);
            }
            return 0L;
          }
        });
  }

  private interface Load {
    /**
     * Runs; answers with CPU microseconds that were spent in the service's process on the
     * generator's behalf.
     */
    long run() throws Exception;
  }

  private void measure(String name, int deliveries, double ceiling, Load load) throws Exception {
    long before = received();
    long recordedBefore = recorded();
    long postgres = postmaster();
    long serviceCpu = CpuClock.process(servicePid);
    long postgresCpu = CpuClock.family(postgres);
    long begin = System.nanoTime();
    long generatorMicros = load.run();
    long received = received() - before;
    while (received < deliveries && System.nanoTime() - begin < 120_000_000_000L) {
      received = received() - before;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    // The outcomes are recorded within the next moments, and belong to the deliveries.
    awaitRecorded(recordedBefore + deliveries);
    double service =
        (CpuClock.process(servicePid) - serviceCpu - generatorMicros) / (double) deliveries;
    double database = (CpuClock.family(postgres) - postgresCpu) / (double) deliveries;
    double rate = deliveries / seconds;
    long lost = Math.max(0, deliveries - received);
    long duplicates = Math.max(0, received - deliveries);
    if (ceiling > 0) {
      OUT.printf(
          "%-28s %12.0f %8.2f %10.1f %10.1f %10.1f %6d %6d%n",
          name, rate, rate / ceiling, service, database, service + database, lost, duplicates);
      rows.add(
          new JsonObject()
              .put("name", name)
              .put("per_second", rate)
              .put("ratio", rate / ceiling)
              .put("service_micros", service)
              .put("postgres_micros", database)
              .put("lost", lost)
              .put("duplicates", duplicates));
    }
  }

  /** Waits until the service has recorded as many successes as the receiver got. */
  private void awaitRecorded(long expected) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (recorded() < expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  private long recorded() throws Exception {
    HttpResponse<String> metrics =
        http.send(
            request("/metrics").build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    return metrics
        .body()
        .lines()
        .filter(line -> line.startsWith("fanfare_deliveries_settled_total{next=\"success\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }

  private double ceiling(int requests) throws IOException {
    try (ChildProcess process =
        ChildProcess.start(
            CeilingProcess.class,
            List.of("-Xmx256m"),
            Map.of(),
            Integer.toString(receiverPort),
            Integer.toString(requests),
            Integer.toString(BYTES))) {
      return requests / (process.await("NANOS ") / 1e9);
    }
  }

  private long received() throws Exception {
    return get("http://127.0.0.1:" + receiverPort + "/count").getLong("received");
  }

  private long postmaster() throws IOException {
    return Long.parseLong(
        Files.readAllLines(databaseDir.resolve("data/postmaster.pid")).get(0).trim());
  }

  private void post(String path, String body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(answer.statusCode() + " " + answer.body());
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + servicePort + path))
        .header("Authorization", "Bearer " + TOKEN)
        .header("Content-Type", "application/json");
  }

  private JsonObject get(String url) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    return new JsonObject(answer.body());
  }
}
