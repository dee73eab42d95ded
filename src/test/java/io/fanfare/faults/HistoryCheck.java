package io.fanfare.faults;

import io.fanfare.faults.History.Got;
import io.fanfare.faults.History.Hook;
import io.fanfare.faults.History.Told;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must hold of a run, whatever happened in it. Answers in sentences, one for each violation:
 * an empty list is a good run. Tested itself by forged histories and by real ones that were
 * tampered with.
 *
 * <pre>
 * I1  every accepted event has one delivery for each webhook, which ends
 * I2  what arrives is known, was submitted, and was not refused
 * I3  a delivery ends once: what is told of it only goes forward
 * I4  a success was answered 2xx; a failure had all its attempts, or a final answer
 * I5  every request is an attempt, but for one at each kill; every attempt was a request
 * I6  nothing arrives again after a 2xx that could be recorded
 * I7  one body for all attempts, with the bytes that were posted; signatures verify
 * I8  no attempt comes before the webhook's delay is over
 * I9  what was published once is one event, also where its request was repeated with its key
 * I10 what is counted is what is there
 * I11 every request arrives at its webhook's own URL
 * </pre>
 */
final class HistoryCheck {
  private static final Map<String, String> COUNTED =
      Map.of(
          "success", "successful_deliveries",
          "failed", "failed_deliveries",
          "pending", "pending_deliveries");

  private final History history;
  private final int kills;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Told> told = new TreeMap<>();
  private final Map<String, List<Got>> byDelivery = new TreeMap<>();
  private final Map<String, Hook> hooks;

  private HistoryCheck(History history, int kills) {
    this.history = history;
    this.kills = kills;
    this.hooks = history.hooks().stream().collect(Collectors.toMap(Hook::id, hook -> hook));
    history.told().forEach(t -> told.put(t.delivery(), t));
    history
        .got()
        .forEach(g -> byDelivery.computeIfAbsent(g.delivery(), d -> new ArrayList<>()).add(g));
  }

  /**
   * The violations of a run.
   *
   * @param kills how often a process was killed: only then may a delivery arrive again after a 2xx
   */
  static List<String> violations(History history, int kills) {
    HistoryCheck check = new HistoryCheck(history, kills);
    check.events();
    check.forward();
    check.arrivals();
    check.marks();
    for (Told delivery : check.told.values()) {
      check.delivery(delivery, check.byDelivery.getOrDefault(delivery.delivery(), List.of()));
    }
    check.totals();
    return check.violations;
  }

  private void violated(String rule, String sentence) {
    violations.add(rule + ": " + sentence);
  }

  /** I1 and I9, by event. */
  private void events() {
    Set<String> seen = new HashSet<>();
    for (Told delivery : history.told()) {
      if (!seen.add(delivery.webhook() + ' ' + delivery.event())) {
        violated("I9", delivery.event() + " has two deliveries");
      }
    }
    for (String event : history.log().accepted()) {
      for (Hook hook : history.hooks()) {
        if (!seen.contains(hook.id() + ' ' + event)) {
          violated("I1", event + " was accepted and is lost");
        }
      }
    }
    history.log().contradictions().forEach(sentence -> violated("I9", sentence));
  }

  /** I3. */
  private void forward() {
    Map<String, Told> last = new HashMap<>();
    List<Told> all = new ArrayList<>(history.polls());
    all.addAll(history.told());
    for (Told now : all) {
      Told before = last.put(now.delivery(), now);
      if (before == null) {
        continue;
      }
      if (before.isEnded() && !before.status().equals(now.status())) {
        violated(
            "I3", now.delivery() + " was " + before.status() + " and is " + now.status() + " now");
      } else if (before.attempts() > now.attempts()) {
        violated("I3", now.delivery() + " has forgotten an attempt");
      }
    }
    for (String delivery : last.keySet()) {
      if (!told.containsKey(delivery)) {
        violated("I3", delivery + " was told and is gone");
      }
    }
  }

  /** I2, I7 and I11, by request. */
  private void arrivals() {
    for (String delivery : byDelivery.keySet()) {
      if (!told.containsKey(delivery)) {
        violated("I2", delivery + " arrived and nobody knows it");
      }
    }
    for (Got got : history.got()) {
      Told delivery = told.get(got.delivery());
      Hook hook = delivery == null ? null : hooks.get(delivery.webhook());
      if (hook == null) {
        continue;
      }
      if (!got.path().equals(hook.path())) {
        violated("I11", got.delivery() + " arrived at " + got.path());
      }
      if (!Signatures.verify(hook.secret(), got)) {
        violated("I7", got.delivery() + " has a wrong signature");
      }
    }
  }

  /** I2, I7 and I9, by the publisher's marks. */
  private void marks() {
    Map<String, Set<String>> events = new TreeMap<>();
    for (Got got : history.got()) {
      ProducerLog.Entry entry = history.log().entries().get(got.mark());
      Told delivery = told.get(got.delivery());
      if (entry == null) {
        violated("I2", got.delivery() + " carries what nobody has submitted");
        continue;
      }
      if (entry.fate() == ProducerLog.Fate.REFUSED) {
        violated("I2", got.mark() + " was refused and arrived");
      }
      if (!got.body().toString().endsWith("\"data\":" + entry.data() + "}")) {
        violated("I7", got.delivery() + " has other bytes than were posted");
      }
      if (delivery != null) {
        events.computeIfAbsent(got.mark(), m -> new HashSet<>()).add(delivery.event());
      }
    }
    events.forEach(
        (mark, ids) -> {
          if (ids.size() > 1) {
            violated("I9", mark + " became " + ids.size() + " events");
          }
        });
  }

  private void delivery(Told delivery, List<Got> got) {
    Hook hook = hooks.get(delivery.webhook());
    if (hook == null) {
      violated("I11", delivery.delivery() + " is of a webhook that matches nothing");
      return;
    }
    ended(delivery, got, hook);
    requests(delivery, got);
    pauses(delivery, got, hook);
  }

  /** I1 and I4. */
  private void ended(Told delivery, List<Got> got, Hook hook) {
    String id = delivery.delivery();
    switch (delivery.status()) {
      case "success" -> {
        if (got.stream().noneMatch(Got::isGood)) {
          violated("I4", id + " is a success and nobody got it");
        }
      }
      case "failed" -> {
        boolean refused = !got.isEmpty() && got.get(got.size() - 1).answered() / 100 == 4;
        if (delivery.attempts() < hook.maxAttempts() && !refused) {
          violated("I4", id + " failed after " + delivery.attempts() + " attempts");
        }
      }
      default -> violated("I1", id + " is still " + delivery.status());
    }
  }

  /** I5, I6 and I7. */
  private void requests(Told delivery, List<Got> got) {
    String id = delivery.delivery();
    if (got.size() > delivery.attempts() + kills) {
      violated("I5", id + " arrived " + got.size() + " times, attempts " + delivery.attempts());
    }
    if (history.reachable() && got.size() < delivery.attempts()) {
      violated(
          "I5",
          id + " has " + delivery.attempts() + " attempts, of which " + got.size() + " arrived");
    }
    if (got.stream().map(Got::body).distinct().count() > 1) {
      violated("I7", id + " arrived with two bodies");
    }
    long good = got.stream().filter(Got::isGood).count();
    if (good > 1 + kills) {
      violated("I6", id + " arrived " + good + " times although it was accepted");
    }
  }

  /** I8: a process that died before it had recorded a failure may ask again at once. */
  private void pauses(Told delivery, List<Got> got, Hook hook) {
    int early = 0;
    for (int i = 1; i < got.size(); i++) {
      long gap = (got.get(i).arrivedNanos() - got.get(i - 1).arrivedNanos()) / 1_000_000;
      if (!got.get(i - 1).isGood() && gap < hook.delayMillis()) {
        early++;
      }
    }
    if (early > kills) {
      violated("I8", delivery.delivery() + " came before its delay was over");
    }
  }

  /** I10. */
  private void totals() {
    for (Hook hook : history.hooks()) {
      JsonObject stats = history.stats().getOrDefault(hook.id(), new JsonObject());
      List<Told> own = history.told().stream().filter(t -> t.webhook().equals(hook.id())).toList();
      COUNTED.forEach(
          (status, name) -> {
            long listed = own.stream().filter(d -> d.status().equals(status)).count();
            if (stats.getLong(name, -1L) != listed) {
              violated("I10", name + " is " + stats.getLong(name) + ", listed are " + listed);
            }
          });
      if (stats.getLong("total_deliveries", -1L) != own.size()) {
        violated("I10", "total_deliveries is " + stats.getLong("total_deliveries"));
      }
    }
  }
}
