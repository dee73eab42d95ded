package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;

import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.fanfare.faults.History.Got;
import io.fanfare.faults.History.Hook;
import io.fanfare.faults.History.Told;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;

/** Reads histories: over the API, and from receivers. */
final class Histories {
  private static final List<String> SIGNED =
      List.of("x-trae-signature-256", "webhook-id", "webhook-timestamp", "webhook-signature");

  private Histories() {}

  /** That of a run with one webhook, whose receiver always answers 200. */
  static History of(FanfareClient client, ProducerLog log, Hook hook, TestReceiver receiver)
      throws TimeoutException {
    return of(client, log, List.of(hook), got(receiver, hook.path(), 200), List.of());
  }

  /** That of any run, once it is quiet. */
  static History of(
      FanfareClient client, ProducerLog log, List<Hook> hooks, List<Got> got, List<Told> polls)
      throws TimeoutException {
    List<Told> told = new ArrayList<>();
    Map<String, JsonObject> stats = new HashMap<>();
    for (Hook hook : hooks) {
      told.addAll(told(client, hook.id()));
      stats.put(hook.id(), stats(client, hook.id()));
    }
    return new History(log, hooks, told, stats, got, polls, false);
  }

  /** Every delivery of a webhook, as the service lists them. */
  static List<Told> told(FanfareClient client, String webhook) throws TimeoutException {
    List<Told> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page =
          await(client.get("/api/webhooks/" + webhook + "/deliveries?limit=100" + cursor));
      all.addAll(read(webhook, page));
      String next = page.getJsonObject("pagination").getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return all;
  }

  /** The deliveries of one page of a webhook's history. */
  static List<Told> read(String webhook, JsonObject page) {
    List<Told> read = new ArrayList<>();
    for (Object item : page.getJsonArray("deliveries")) {
      JsonObject delivery = (JsonObject) item;
      read.add(
          new Told(
              webhook,
              delivery.getString("delivery_id"),
              delivery.getString("event_id"),
              delivery.getString("status"),
              delivery.getInteger("attempts")));
    }
    return read;
  }

  /** What the service has counted for a webhook. */
  static JsonObject stats(FanfareClient client, String webhook) throws TimeoutException {
    return await(client.get("/api/webhooks/" + webhook)).getJsonObject("stats");
  }

  /** What arrived at a path that answers this always. */
  static List<Got> got(TestReceiver receiver, String path, int answered) {
    return receiver.receipts(path).stream()
        .map(
            receipt ->
                new Got(
                    receipt.path(),
                    receipt.header("x-trae-delivery"),
                    receipt.body(),
                    signed(receipt.headers()),
                    receipt.arrivedNanos(),
                    answered))
        .toList();
  }

  /** The headers with the signatures, out of all. */
  static Map<String, String> signed(Map<String, String> headers) {
    Map<String, String> signed = new TreeMap<>(headers);
    signed.keySet().retainAll(SIGNED);
    return signed;
  }
}
