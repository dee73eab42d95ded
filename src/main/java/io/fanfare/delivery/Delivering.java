package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.fanfare.event.Windows;
import io.fanfare.node.Fence;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.WebhookIndex;
import java.time.Clock;

/**
 * What every delivery verticle works with; shared by all of them.
 *
 * @param bodyInlineMax up to this many bytes an answer fits the delivery's own row
 * @param pageMax most deliveries fetched at once
 */
public record Delivering(
    DeliveryConfig config,
    WebhookIndex index,
    Windows windows,
    DeliveryLoops loops,
    NetworkPolicy networks,
    Fence fence,
    Clock clock,
    int bodyInlineMax,
    int pageMax,
    AttemptListener listener) {

  /** What other rooms want to know of each attempt; the metrics and the log listen. */
  public interface AttemptListener {
    /** An attempt ended. */
    void ended(Outcome outcome, boolean probe);

    /**
     * A circuit changed its state, or a probe failed.
     *
     * @param webhook number of its webhook
     */
    void circuit(int webhook, CircuitRecord circuit);
  }
}
