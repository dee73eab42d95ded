package io.fanfare.api;

import io.fanfare.stats.WebhookTotals;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How webhooks look in answers (the API document's examples, and contract section 5). */
final class WebhookJson {
  private static final String MASK = "********";

  private WebhookJson() {}

  /** The answer to a create. */
  static JsonObject created(Webhook webhook) {
    return whole(webhook, true)
        .put(
            "stats",
            new JsonObject()
                .put("total_deliveries", 0)
                .put("successful_deliveries", 0)
                .put("failed_deliveries", 0)
                .put("pending_deliveries", 0)
                .putNull("last_delivery"));
  }

  /**
   * The answer about one webhook.
   *
   * @param secrets whether the caller may see the secret and the values of headers
   */
  static JsonObject one(
      Webhook webhook, boolean secrets, WebhookTotals totals, List<JsonObject> recent) {
    return whole(webhook, secrets)
        .put("disabled_reason", webhook.disabledReason())
        .put("circuit", circuit(webhook.circuit()))
        .put("stats", stats(totals))
        .put("recent_deliveries", new JsonArray(recent));
  }

  /** An entry of the list. */
  static JsonObject listed(Webhook webhook, WebhookTotals totals) {
    return head(webhook)
        .put("active", webhook.active())
        .put("disabled_reason", webhook.disabledReason())
        .put("project_id", webhook.projectId())
        .put("timeout", seconds(webhook.timeout()))
        .put("retry_policy", policy(webhook.retryPolicy()))
        .put("created_at", Timestamps.seconds(webhook.createdAt()))
        .put("updated_at", Timestamps.seconds(webhook.updatedAt()))
        .put("created_by", webhook.createdBy())
        .put("circuit", circuit(webhook.circuit()))
        .put("stats", stats(totals));
  }

  /** The answer to an update. */
  static JsonObject updated(Webhook webhook) {
    return head(webhook)
        .put("active", webhook.active())
        .put("timeout", seconds(webhook.timeout()))
        .put("retry_policy", policy(webhook.retryPolicy()))
        .put("updated_at", Timestamps.seconds(webhook.updatedAt()));
  }

  private static JsonObject head(Webhook webhook) {
    return new JsonObject()
        .put("webhook_id", webhook.publicId())
        .put("url", webhook.url())
        .put("events", new JsonArray(webhook.events()))
        .put("name", webhook.name())
        .put("description", webhook.description());
  }

  private static JsonObject whole(Webhook webhook, boolean secrets) {
    JsonObject json = head(webhook);
    if (secrets) {
      json.put("secret", webhook.secret());
    }
    JsonObject headers = new JsonObject();
    for (Map.Entry<String, String> header : webhook.headers().entrySet()) {
      headers.put(header.getKey(), secrets ? header.getValue() : MASK);
    }
    return json.put("active", webhook.active())
        .put("project_id", webhook.projectId())
        .put("headers", headers)
        .put("timeout", seconds(webhook.timeout()))
        .put("retry_policy", policy(webhook.retryPolicy()))
        .put("created_at", Timestamps.seconds(webhook.createdAt()))
        .put("updated_at", Timestamps.seconds(webhook.updatedAt()))
        .put("created_by", webhook.createdBy());
  }

  private static Number seconds(Duration timeout) {
    long millis = timeout.toMillis();
    return millis % 1_000 == 0 ? (Number) (millis / 1_000) : (Number) (millis / 1_000.0);
  }

  private static JsonObject policy(RetryPolicy policy) {
    JsonObject json =
        new JsonObject()
            .put("max_attempts", policy.maxAttempts())
            .put("backoff_strategy", policy.backoffStrategy().wireName())
            .put("initial_delay", policy.initialDelayMillis())
            .put("max_delay", policy.maxDelayMillis());
    if (policy.retryOnStatus() != null) {
      json.put("retry_on_status", new JsonArray(List.copyOf(policy.retryOnStatus())));
    }
    if (policy.retryOnTimeout() != null) {
      json.put("retry_on_timeout", policy.retryOnTimeout());
    }
    return json;
  }

  private static JsonObject circuit(CircuitRecord circuit) {
    return new JsonObject()
        .put("state", circuit.state())
        .put("opened_at", circuit.closed() ? null : Timestamps.millis(circuit.openedAt()))
        .put("next_probe_at", circuit.closed() ? null : Timestamps.millis(circuit.probeAt()))
        .put("consecutive_failures", circuit.failures());
  }

  private static JsonObject stats(WebhookTotals totals) {
    return new JsonObject()
        .put("total_deliveries", totals.total())
        .put("successful_deliveries", totals.successful())
        .put("failed_deliveries", totals.failed())
        .put("pending_deliveries", totals.pending())
        .put("last_delivery", Timestamps.seconds(totals.lastDelivery()))
        .put("success_rate", totals.successRate())
        .put("average_response_time", StatsJson.millis(totals.averageResponseTime()));
  }
}
