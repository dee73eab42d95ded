package io.fanfare.faults;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * What three sides know of a run, to be laid side by side.
 *
 * @param log the publishers'
 * @param hooks the webhooks that each event matches
 * @param told every delivery of theirs as the service tells it, after all is quiet
 * @param stats what the service has counted, by webhook
 * @param got what arrived, in order
 * @param polls what the service told while the run went on, the oldest first
 * @param reachable whether every attempt has reached a receiver: then none may be burned
 */
record History(
    ProducerLog log,
    List<Hook> hooks,
    List<Told> told,
    Map<String, JsonObject> stats,
    List<Got> got,
    List<Told> polls,
    boolean reachable) {

  /**
   * A webhook.
   *
   * @param path where its receiver stands
   * @param delayMillis least time between a failed attempt and the next one
   */
  record Hook(String id, String path, String secret, int maxAttempts, long delayMillis) {}

  /** A delivery as the service tells it. */
  record Told(String webhook, String delivery, String event, String status, int attempts) {
    boolean isEnded() {
      return !status.equals("pending");
    }
  }

  /**
   * A request as a receiver got it.
   *
   * @param signed the headers with the signatures, by lower-case name
   * @param answered the status that was answered; 0 for none
   */
  record Got(
      String path,
      String delivery,
      Buffer body,
      Map<String, String> signed,
      long arrivedNanos,
      int answered) {

    boolean isGood() {
      return answered / 100 == 2;
    }

    /** The publisher's mark; empty where the body is not what a publisher can have caused. */
    String mark() {
      try {
        return body.toJsonObject().getJsonObject("data", new JsonObject()).getString("mark", "");
      } catch (DecodeException | ClassCastException e) {
        return "";
      }
    }
  }

  /** The same run, where every attempt has reached a receiver. */
  History whereAllIsReachable() {
    return new History(log, hooks, told, stats, got, polls, true);
  }

  /** How often a delivery arrived after its first 2xx, over all of them. */
  int duplicates() {
    Map<String, Integer> good = new java.util.TreeMap<>();
    got.stream().filter(Got::isGood).forEach(g -> good.merge(g.delivery(), 1, Integer::sum));
    return good.values().stream().mapToInt(n -> n - 1).sum();
  }

  /** How many accepted events have no delivery for some webhook. */
  long lost() {
    return HistoryCheck.violations(this, 0).stream().filter(v -> v.endsWith("is lost")).count();
  }
}
