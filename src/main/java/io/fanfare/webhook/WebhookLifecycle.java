package io.fanfare.webhook;

import io.vertx.core.Future;

/** What the delivery room does when a registration changes. */
public interface WebhookLifecycle {
  /**
   * Called after a change was committed and put into the index. The future ends when deliveries
   * that are not yet sent use the new registration.
   *
   * @param closeCircuit whether the owner asked for the circuit to be closed: by a new URL, or by
   *     {@code active: true}, on an active webhook too
   */
  Future<Void> changed(Webhook before, Webhook after, boolean closeCircuit);

  /**
   * Called after the webhook left the index and before it is marked deleted. The future ends when
   * no new attempt of it starts any more; attempts on their way are left to their outcome. It can
   * be called again for the same webhook, when its client repeats a request that failed.
   */
  Future<Void> deleted(Webhook webhook);

  /** Called once the webhook is marked deleted: what waits of it may be ended. */
  void marked(Webhook webhook);
}
