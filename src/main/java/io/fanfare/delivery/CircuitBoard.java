package io.fanfare.delivery;

import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which circuits are not closed at this moment. Changes are rare: attempts that change no state
 * never come here. Thread-safe.
 */
public final class CircuitBoard {
  private final WebhookIndex index;
  private final Map<Integer, CircuitRecord> open = new ConcurrentHashMap<>();

  /**
   * @param index tells which webhooks live
   */
  public CircuitBoard(WebhookIndex index) {
    this.index = index;
  }

  /** Takes up what an earlier process has left; before any change. */
  public void load(Collection<Webhook> webhooks) {
    webhooks.forEach(webhook -> changed(webhook.number(), webhook.circuit()));
  }

  /**
   * A circuit may have another state, or another probe is due.
   *
   * @return whether that was news
   */
  public boolean changed(int webhook, CircuitRecord circuit) {
    if (circuit.closed()) {
      return open.remove(webhook) != null;
    }
    return !circuit.equals(open.put(webhook, circuit));
  }

  /** Those that are not closed, by the numbers of their webhooks; without deleted webhooks. */
  public Map<Integer, CircuitRecord> open() {
    open.keySet().removeIf(webhook -> index.byNumber(webhook) == null);
    return new LinkedHashMap<>(open);
  }

  /**
   * How many are in that state.
   *
   * @param state {@code open} or {@code half_open}
   */
  public long count(String state) {
    return open().values().stream().filter(circuit -> circuit.state().equals(state)).count();
  }
}
