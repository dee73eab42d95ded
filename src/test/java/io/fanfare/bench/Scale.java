package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Scenario {@code scale}: a hundred thousand webhooks. Shows how long a start takes with them, what
 * one that has nothing to do costs in memory, that events cost the same however many do not match,
 * how fast lists are, and what becomes of an event that matches all of them.
 */
public final class Scale {
  private static final PrintStream OUT = System.out;
  private static final String TYPE = "build.completed";
  private static final String TYPE_OF_ONE = "file.created";
  private static final String TYPE_OF_NONE = "security.alert";
  private static final double READY_SECONDS_TARGET = 8;
  private static final double BYTES_TARGET = 2_500;

  private final Path folder;
  private final BenchedReceiver receiver;
  private final int webhooks;
  private final JsonArray starts = new JsonArray();
  private double heapOfOne;

  private Scale(Path folder, BenchedReceiver receiver, int webhooks) {
    this.folder = folder;
    this.receiver = receiver;
    this.webhooks = webhooks;
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a tenth of the webhooks;
   *     ends with 1 where a delivery was lost or wrongly signed
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int webhooks = List.of(args).contains("--quick") ? 10_000 : 100_000;
    Files.createDirectories(folder);
    long bad;
    try (BenchedReceiver receiver = BenchedReceiver.start(BenchedReceiver.PORT)) {
      Scale scale = new Scale(folder.resolve("postgres-scale"), receiver, webhooks);
      JsonObject result = scale.run();
      Results.write(
          folder,
          "scale",
          result,
          Plot.grouped(
              "Seconds from the start of Java until ready",
              List.of("seconds"),
              Results.rows(scale.starts, "webhooks", "ready_seconds")));
      JsonObject count = receiver.count();
      OUT.printf(
          "%nsignatures checked: %d, wrong: %d%n",
          count.getLong("checked"), count.getLong("wrong"));
      bad = result.getJsonObject("event_for_all").getLong("lost") + count.getLong("wrong");
    }
    System.exit(bad == 0 ? 0 : 1);
  }

  private JsonObject run() throws Exception {
    try (BenchedService service = DatabaseCounters.startCounting(folder)) {
      service.createWebhook(
          "one", BenchedReceiver.url(BenchedReceiver.PORT, "/hook/one"), TYPE_OF_ONE, "p0");
    }
    JsonObject result = new JsonObject().put("starts", starts);
    OUT.printf(
        "%s; seconds from the start of Java, heap after a full collection%n%n%-36s %8s %10s %16s%n",
        BenchedService.HEAP, "webhooks", "ready", "heap MiB", "bytes of each");
    MatchCost.Cost[] costs = new MatchCost.Cost[2];
    try (BenchedService service = start("1")) {
      costs[0] = new MatchCost(receiver, service).measure(TYPE_OF_NONE, TYPE_OF_ONE);
      fill(service);
    }
    JsonArray readings;
    try (BenchedService service = start("%,d, a project each".formatted(webhooks))) {
      costs[1] = new MatchCost(receiver, service).measure(TYPE_OF_NONE, TYPE_OF_ONE);
      printMatching(costs);
      readings = new ListTimes(service, webhooks).measure();
      change(service, "update webhook set project_id = null, active = true where number > 1");
    }
    OUT.println();
    try (BenchedService service = start("%,d of no project".formatted(webhooks))) {
      result.put("event_for_all", new EventForAll(receiver, service, webhooks).measure(TYPE));
    }
    OUT.printf(
        "%ntargets: ready %.0f s, %,.0f bytes of each%n", READY_SECONDS_TARGET, BYTES_TARGET);
    return result
        .put(
            "matching",
            new JsonArray()
                .add(costs[0].json().put("webhooks", 1))
                .add(costs[1].json().put("webhooks", webhooks + 1)))
        .put("lists", readings);
  }

  /** Starts it with what is there, and tells what that took. */
  private BenchedService start(String name) throws Exception {
    long begin = System.nanoTime();
    BenchedService service = BenchedService.startAgain(folder);
    double ready = (System.nanoTime() - begin) / 1e9;
    double heap = service.heapMebibytes();
    JsonObject start =
        new JsonObject()
            .put("webhooks", name)
            .put("ready_seconds", ready)
            .put("heap_mebibytes", heap);
    if (starts.isEmpty()) {
      heapOfOne = heap;
      OUT.printf("%-36s %8.1f %10.1f%n", name, ready, heap);
    } else {
      double bytes = (heap - heapOfOne) * (1 << 20) / webhooks;
      start.put("bytes_of_each", bytes);
      OUT.printf("%-36s %8.1f %10.1f %,16.0f%n", name, ready, heap, bytes);
    }
    starts.add(start);
    return service;
  }

  private void fill(BenchedService service) throws Exception {
    try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
      WebhookFill fill = new WebhookFill(database);
      fill.add(webhooks, "/hook/", TYPE, number -> "p" + number);
      database.run(
          "update webhook set active = false where number %% %d = 0".formatted(ListTimes.INACTIVE));
      fill.vacuum();
    }
  }

  private static void change(BenchedService service, String sql) throws Exception {
    try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
      database.run(sql);
    }
  }

  private void printMatching(MatchCost.Cost[] costs) {
    OUT.printf(
        "%nCPU µs of an event, service and PostgreSQL%n%-36s %12s %12s %8s%n",
        "", "1 webhook", "%,d".formatted(webhooks + 1), "ratio");
    line("that matches none", costs[0].none(), costs[1].none());
    line("that matches one, delivered", costs[0].one(), costs[1].one());
  }

  private static void line(String name, double few, double many) {
    OUT.printf(
        "%-36s %12s %12s %8s%n",
        name,
        Figures.text("%.1f", few),
        Figures.text("%.1f", many),
        Figures.text("%.2f", many / few));
  }
}
