package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Scenario {@code history}: how long a reader waits for lists, totals, single deliveries and
 * statistics, with a tenth of the deliveries stored and with all of them. One webhook has a tenth
 * of what is stored; it is the one that is read.
 */
public final class History {
  private static final PrintStream OUT = System.out;
  private static final int WEBHOOKS = 1_000;
  private static final long DELIVERIES = 10_000_000;
  private static final long DELIVERIES_QUICK = 1_000_000;
  private static final int CALLS = 300;
  private static final int WARM_CALLS = 100;

  private final BenchedService service;
  private final BenchedDatabase database;
  private final HistoryFill fill;
  private final Random random = new Random(7);
  private final Map<String, Reading> readings = new LinkedHashMap<>();
  private final JsonArray results = new JsonArray();
  private final List<String> seen = new ArrayList<>();
  private String webhook = "";
  private String cursor = "";

  /** One kind of question: the path that asks it next. */
  private interface Reading {
    String path();
  }

  private History(BenchedService service, BenchedDatabase database) {
    this.service = service;
    this.database = database;
    this.fill = new HistoryFill(database, WEBHOOKS);
    readings.put("newest 50", () -> list(""));
    readings.put("offset 5,000", () -> list("&offset=5000"));
    readings.put("status=success", () -> list("&status=success"));
    readings.put("status=failed", () -> list("&status=failed"));
    readings.put("status=pending", () -> list("&status=pending"));
    readings.put("common event type", () -> list("&event_type=" + HistoryFill.COMMON_TYPE));
    readings.put("rare event type", () -> list("&event_type=" + HistoryFill.RARE_TYPE));
    readings.put(
        "rare type that failed", () -> list("&status=failed&event_type=" + HistoryFill.RARE_TYPE));
    readings.put("some hours", () -> list(hours()));
    readings.put("some hours, failed", () -> list(hours() + "&status=failed"));
    readings.put("cursor, page after page", () -> list(cursor));
    readings.put(
        "one delivery", () -> path("/deliveries/" + seen.get(random.nextInt(seen.size()))));
    readings.put("statistics of a month", () -> path("/stats?period=day" + days(29)));
    readings.put("statistics of a year", () -> path("/stats?period=month" + days(365)));
    readings.put("webhook", () -> path(""));
  }

  /**
   * Runs the scenario.
   *
   * @param args a folder for data and results, and {@code --quick} for a tenth of the deliveries
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    long deliveries = List.of(args).contains("--quick") ? DELIVERIES_QUICK : DELIVERIES;
    Files.createDirectories(folder);
    try (BenchedService service = BenchedService.start(folder.resolve("postgres-history"))) {
      for (int i = 0; i < WEBHOOKS; i++) {
        // Nothing is sent: the rows are made as if it had been.
        service.createWebhook(
            "bench " + i,
            BenchedReceiver.url(BenchedReceiver.PORT, "/" + i),
            HistoryFill.COMMON_TYPE,
            "p");
      }
      try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
        History history = new History(service, database);
        history.run(deliveries / 10);
        history.run(deliveries - deliveries / 10);
        Results.write(
            folder,
            "history",
            new JsonObject().put("readings", history.results),
            Plot.grouped(
                "Milliseconds of a reader, with all deliveries stored",
                List.of("p50", "p99"),
                Results.rows(history.results, "reading", "p50_millis", "p99_millis")));
      }
    }
  }

  private void run(long more) throws Exception {
    long begin = System.nanoTime();
    fill.add(more);
    fill.vacuum();
    long stored = database.count("select count(*) from delivery");
    webhook = bigWebhook();
    OUT.printf(
        "%n%,d deliveries stored, %,d of the webhook that is read; filled in %d s%n%n",
        stored,
        database.count("select count(*) from delivery where webhook = " + HistoryFill.BIG_WEBHOOK),
        (System.nanoTime() - begin) / 1_000_000_000);
    checkTotals();
    CallTimes.printHead();
    for (Map.Entry<String, Reading> reading : readings.entrySet()) {
      measure(stored, reading.getKey(), reading.getValue());
    }
  }

  private void measure(long stored, String name, Reading reading) throws Exception {
    cursor = "";
    CallTimes times = CallTimes.of(WARM_CALLS, CALLS, () -> follow(read(reading.path())));
    times.print(name);
    results.add(times.json(name).put("stored", stored));
  }

  private JsonObject read(String path) throws Exception {
    return service.get(service.api(path));
  }

  private void follow(JsonObject answer) {
    JsonArray deliveries = answer.getJsonArray("deliveries");
    if (deliveries == null) {
      return;
    }
    if (seen.size() < 10_000) {
      deliveries.forEach(one -> seen.add(((JsonObject) one).getString("delivery_id")));
    }
    String next = answer.getJsonObject("pagination").getString("next_cursor");
    cursor = next == null ? "" : "&cursor=" + next;
  }

  /** What the lists call their total is what a count of the rows says. */
  private void checkTotals() throws Exception {
    Map<String, String> conditions =
        Map.of(
            "",
            "true",
            "&status=failed",
            "failed",
            "&status=success",
            "status = 'success'",
            "&status=pending",
            "status = 'pending'",
            "&event_type=" + HistoryFill.RARE_TYPE,
            "event_type = '" + HistoryFill.RARE_TYPE + "'");
    for (Map.Entry<String, String> condition : conditions.entrySet()) {
      long said = read(list(condition.getKey())).getLong("total");
      long counted =
          database.count(
              "select count(*) from delivery where webhook = %d and %s"
                  .formatted(HistoryFill.BIG_WEBHOOK, condition.getValue()));
      if (said != counted) {
        throw new IllegalStateException(
            "total of '%s' is %d, not %d".formatted(condition.getKey(), said, counted));
      }
    }
  }

  private String bigWebhook() throws Exception {
    return read("/api/webhooks?limit=1&offset=" + (WEBHOOKS - HistoryFill.BIG_WEBHOOK))
        .getJsonArray("webhooks")
        .getJsonObject(0)
        .getString("webhook_id");
  }

  private String path(String rest) {
    return "/api/webhooks/" + webhook + rest;
  }

  private String list(String query) {
    return path("/deliveries?limit=50" + query);
  }

  private String hours() {
    Instant from =
        Instant.now()
            .truncatedTo(ChronoUnit.MILLIS)
            .minusMillis((long) (random.nextDouble() * HistoryFill.DAYS * 86_400_000));
    return "&start_date=" + from + "&end_date=" + from.plus(5, ChronoUnit.HOURS);
  }

  private static String days(int back) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return "&start_date=" + now.minus(back, ChronoUnit.DAYS) + "&end_date=" + now;
  }
}
