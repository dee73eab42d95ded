package io.fanfare.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When the first waiting delivery of each webhook is due. Pure: the time comes with each call. Used
 * from one context only.
 */
final class DueHeads {
  private final Map<Integer, Long> byWebhook = new HashMap<>();
  private final TreeMap<Long, TreeSet<Integer>> byTime = new TreeMap<>();

  /** A delivery of the webhook is due then; only the earliest counts. */
  void note(int webhook, long dueAtMillis) {
    Long known = byWebhook.get(webhook);
    if (known != null && known <= dueAtMillis) {
      return;
    }
    if (known != null) {
      leave(webhook, known);
    }
    byWebhook.put(webhook, dueAtMillis);
    byTime.computeIfAbsent(dueAtMillis, time -> new TreeSet<>()).add(webhook);
  }

  /** When the next webhook is due; {@link Long#MAX_VALUE} for none. */
  long next() {
    return byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey();
  }

  /** Takes one webhook that is due, the one due longest; negative for none. */
  int takeDue(long now) {
    if (next() > now) {
      return -1;
    }
    int webhook = byTime.firstEntry().getValue().first();
    leave(webhook, byTime.firstKey());
    byWebhook.remove(webhook);
    return webhook;
  }

  /** How many webhooks have something waiting that nobody was woken for yet. */
  int size() {
    return byWebhook.size();
  }

  private void leave(int webhook, long time) {
    TreeSet<Integer> same = byTime.get(time);
    if (same != null) {
      same.remove(webhook);
      if (same.isEmpty()) {
        byTime.remove(time);
      }
    }
  }
}
