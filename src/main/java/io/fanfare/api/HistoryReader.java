package io.fanfare.api;

import io.fanfare.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Reads the delivery history of a webhook for the answer about it. */
@FunctionalInterface
public interface HistoryReader {
  /** The newest ten deliveries, the newest first, as they stand in {@code recent_deliveries}. */
  Future<List<JsonObject>> recent(Webhook webhook);

  /** For a service without deliveries. */
  static HistoryReader none() {
    return webhook -> Future.succeededFuture(List.of());
  }
}
