package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;

import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What must hold of a run, whatever happened in it: the producer's log, the receiver's log and what
 * the service tells are laid side by side. All deliveries are to one webhook.
 *
 * <p>Answers in sentences, one for each violation: an empty list is a good run. Tested itself by
 * forged histories.
 */
final class HistoryCheck {
  private final List<String> violations = new ArrayList<>();

  /** A delivery as the service tells it. */
  record Told(String delivery, String event, String status, int attempts) {}

  /** A request as the receiver got it. */
  record Got(String delivery, Buffer body, String signature, long arrivedNanos, int answered) {}

  /**
   * A run.
   *
   * @param accepted events that got a 2xx
   * @param told every delivery of the webhook, after all is quiet
   * @param stats the webhook's totals
   * @param got what arrived, in order
   */
  record Run(
      Collection<String> accepted,
      List<Told> told,
      JsonObject stats,
      List<Got> got,
      String secret,
      int maxAttempts) {}

  private HistoryCheck() {}

  /**
   * The violations of a run.
   *
   * @param kills how often a process was killed: only then may a delivery arrive again after a 2xx
   */
  static List<String> violations(Run run, int kills) {
    HistoryCheck check = new HistoryCheck();
    Map<String, List<Got>> byDelivery = new HashMap<>();
    run.got().forEach(g -> byDelivery.computeIfAbsent(g.delivery(), d -> new ArrayList<>()).add(g));
    Map<String, Told> told = check.told(run);
    check.receipts(run, told, byDelivery);
    for (Told delivery : told.values()) {
      check.delivery(delivery, byDelivery.getOrDefault(delivery.delivery(), List.of()), run, kills);
    }
    check.totals(run);
    return check.violations;
  }

  /** How often a delivery arrived after its first 2xx. */
  static int duplicates(Run run) {
    Map<String, Integer> good = new TreeMap<>();
    run.got().stream()
        .filter(g -> g.answered() / 100 == 2)
        .forEach(g -> good.merge(g.delivery(), 1, Integer::sum));
    return good.values().stream().mapToInt(n -> n - 1).sum();
  }

  private void violated(String rule, String sentence) {
    violations.add(rule + ": " + sentence);
  }

  /** I1: every accepted event has one delivery; I9: no event has two. */
  private Map<String, Told> told(Run run) {
    Map<String, Told> byId = new TreeMap<>();
    Map<String, String> byEvent = new HashMap<>();
    for (Told delivery : run.told()) {
      byId.put(delivery.delivery(), delivery);
      if (byEvent.put(delivery.event(), delivery.delivery()) != null) {
        violated("I9", delivery.event() + " has two deliveries");
      }
    }
    for (String event : run.accepted()) {
      if (!byEvent.containsKey(event)) {
        violated("I1", event + " was accepted and is lost");
      }
    }
    return byId;
  }

  /** I2: what arrives is known. */
  private void receipts(Run run, Map<String, Told> told, Map<String, List<Got>> byDelivery) {
    Set<String> unknown = new java.util.TreeSet<>(byDelivery.keySet());
    unknown.removeAll(told.keySet());
    unknown.forEach(id -> violated("I2", id + " arrived and nobody knows it"));
    for (Got got : run.got()) {
      if (!got.signature().equals(signature(run.secret(), got.body()))) {
        violated("I7", got.delivery() + " has a wrong signature");
      }
    }
  }

  private void delivery(Told delivery, List<Got> got, Run run, int kills) {
    String id = delivery.delivery();
    boolean wasGood = got.stream().anyMatch(g -> g.answered() / 100 == 2);
    switch (delivery.status()) {
      case "success" -> {
        if (!wasGood) {
          violated("I4", id + " is a success and nobody got it");
        }
      }
      case "failed" -> {
        if (delivery.attempts() < run.maxAttempts()) {
          violated("I4", id + " failed after " + delivery.attempts() + " attempts");
        }
      }
      default -> violated("I1", id + " is still " + delivery.status());
    }
    if (got.size() > delivery.attempts() + kills) {
      violated("I5", id + " arrived " + got.size() + " times, attempts " + delivery.attempts());
    }
    if (got.stream().map(Got::body).distinct().count() > 1) {
      violated("I7", id + " arrived with two bodies");
    }
    long good = got.stream().filter(g -> g.answered() / 100 == 2).count();
    if (good > 1 + kills) {
      violated("I6", id + " arrived " + good + " times although it was accepted");
    }
  }

  /** I10: what is counted is what is there. */
  private void totals(Run run) {
    for (String status : List.of("success", "failed", "pending")) {
      long listed = run.told().stream().filter(d -> d.status().equals(status)).count();
      String name =
          Map.of(
                  "success",
                  "successful_deliveries",
                  "failed",
                  "failed_deliveries",
                  "pending",
                  "pending_deliveries")
              .get(status);
      if (run.stats().getLong(name) != listed) {
        violated("I10", name + " is " + run.stats().getLong(name) + ", listed are " + listed);
      }
    }
    if (run.stats().getLong("total_deliveries") != run.told().size()) {
      violated("I10", "total_deliveries is " + run.stats().getLong("total_deliveries"));
    }
  }

  static String signature(String secret, Buffer body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every delivery of a webhook, as the service lists them. */
  static List<Told> told(FanfareClient client, String webhook) throws TimeoutException {
    List<Told> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page =
          await(client.get("/api/webhooks/" + webhook + "/deliveries?limit=100" + cursor));
      for (Object item : page.getJsonArray("deliveries")) {
        JsonObject delivery = (JsonObject) item;
        all.add(
            new Told(
                delivery.getString("delivery_id"),
                delivery.getString("event_id"),
                delivery.getString("status"),
                delivery.getInteger("attempts")));
      }
      String next = page.getJsonObject("pagination").getString("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());
    return all;
  }

  /** What arrived at a path that answers this always. */
  static List<Got> got(TestReceiver receiver, String path, int answered) {
    return receiver.receipts(path).stream()
        .map(
            receipt ->
                new Got(
                    receipt.header("x-trae-delivery"),
                    receipt.body(),
                    receipt.header("x-trae-signature-256"),
                    receipt.arrivedNanos(),
                    answered))
        .toList();
  }
}
