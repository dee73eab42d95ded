package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long a reader waits for lists of many webhooks: pages, orders and filters. */
final class ListTimes {
  /** Of how many webhooks one is inactive. */
  static final int INACTIVE = 1_000;

  private static final PrintStream OUT = System.out;
  private static final int WARM_CALLS = 20;
  private static final int CALLS = 60;

  private final BenchedService service;
  private final int webhooks;
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private int number;
  private String cursor = "";
  private String known = "";

  /** What is asked next. */
  private interface Path {
    String next();
  }

  /**
   * @param webhooks how many there are, the number N of them of the project {@code pN}
   */
  ListTimes(BenchedService service, int webhooks) {
    this.service = service;
    this.webhooks = webhooks;
    paths.put("first 20", () -> "?limit=20");
    paths.put("first 100", () -> "?limit=100");
    paths.put("offset at the end, 100", () -> "?limit=100&offset=" + (webhooks - 200));
    paths.put("cursor, page after page", () -> "?limit=100" + cursor);
    paths.put("of one project", () -> "?limit=20&project_id=p" + number++ * 997 % webhooks);
    paths.put("active=false", () -> "?limit=20&active=false");
    paths.put("sort=name", () -> "?limit=20&sort=name&order=asc");
    paths.put("sort=name, cursor", () -> "?limit=20&sort=name&order=asc" + cursor);
    paths.put("sort=url", () -> "?limit=20&sort=url");
    paths.put("sort=updated_at", () -> "?limit=20&sort=updated_at");
    paths.put("one webhook", () -> known);
  }

  /** Asks, one after the other, and prints a line for each kind of question. */
  JsonArray measure() throws Exception {
    OUT.printf("%nAPI, %,d webhooks%n", webhooks);
    CallTimes.printHead();
    JsonArray results = new JsonArray();
    for (Map.Entry<String, Path> path : paths.entrySet()) {
      cursor = "";
      CallTimes times = CallTimes.of(WARM_CALLS, CALLS, () -> follow(read(path.getValue().next())));
      times.print(path.getKey());
      results.add(times.json(path.getKey()));
    }
    checkTotals();
    return results;
  }

  private JsonObject read(String rest) throws Exception {
    return service.get(service.api("/api/webhooks" + rest));
  }

  private void follow(JsonObject answer) {
    JsonArray listed = answer.getJsonArray("webhooks");
    if (listed == null || listed.isEmpty()) {
      return;
    }
    known = "/" + listed.getJsonObject(0).getString("webhook_id");
    String next = answer.getJsonObject("pagination").getString("next_cursor");
    cursor = next == null ? "" : "&cursor=" + next;
  }

  private void checkTotals() throws Exception {
    check("", webhooks + 1L); // one was created over the API
    check("?active=false", webhooks / INACTIVE);
    check("?project_id=p1", 1);
  }

  private void check(String query, long expected) throws Exception {
    long said = read(query).getLong("total");
    if (said != expected) {
      throw new IllegalStateException(
          "total of '%s' is %d, not %d".formatted(query, said, expected));
    }
  }
}
