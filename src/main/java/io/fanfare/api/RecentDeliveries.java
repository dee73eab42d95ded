package io.fanfare.api;

import io.fanfare.history.DeliveryHistory;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** {@code recent_deliveries} of a webhook. */
public final class RecentDeliveries implements HistoryReader {
  private final DeliveryHistory history;

  /** Reads them from this history. */
  public RecentDeliveries(DeliveryHistory history) {
    this.history = history;
  }

  @Override
  public Future<List<JsonObject>> recent(Webhook webhook) {
    return history
        .recent(webhook.number())
        .map(entries -> entries.stream().map(DeliveryJson::recent).toList());
  }
}
