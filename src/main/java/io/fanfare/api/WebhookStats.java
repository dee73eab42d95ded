package io.fanfare.api;

import io.fanfare.stats.WebhookTotals;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;

/** Reads the totals of webhooks. */
@FunctionalInterface
public interface WebhookStats {
  /** Totals by number, one for each webhook that was asked for. */
  Future<Map<Integer, WebhookTotals>> totals(Collection<Integer> webhooks);
}
