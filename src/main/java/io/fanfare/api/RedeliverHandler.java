package io.fanfare.api;

import io.fanfare.event.Redelivery;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryHistory;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.id.IdKind;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;

/** {@code POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver}. */
public final class RedeliverHandler implements ResourceHandler {
  private final WebhookIndex index;
  private final DeliveryHistory history;
  private final Redelivery redelivery;

  /** Redelivers what the history knows. */
  public RedeliverHandler(WebhookIndex index, DeliveryHistory history, Redelivery redelivery) {
    this.index = index;
    this.history = history;
    this.redelivery = redelivery;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.post(
        "/api/webhooks/:webhook_id/deliveries/:delivery_id/redeliver",
        Permission.MANAGE,
        this::redeliver);
  }

  private Future<ApiResponse> redeliver(ApiRequest request) {
    request.noQuery();
    Webhook webhook = WebhookLookup.of(request, index);
    UUID original = request.id("delivery_id", IdKind.DELIVERY, "delivery");
    return history
        .find(webhook.number(), original)
        .compose(
            found -> {
              DeliveryEntry entry = found.orElseThrow(() -> ApiException.notFound("delivery"));
              requireRedeliverable(webhook, entry);
              return redelivery
                  .redeliver(webhook.number(), entry.eventId(), original)
                  .map(made -> ApiResponse.accepted(json(webhook, entry, made)));
            })
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof Redelivery.EventGoneException
                        ? ApiException.conflict(
                            "event_not_kept",
                            "the event of this delivery is older than the retention and not kept any more;"
                                + " publish it again")
                        : failure));
  }

  private static void requireRedeliverable(Webhook webhook, DeliveryEntry entry) {
    if (entry.test()) {
      throw ApiException.conflict(
          "test_delivery", "a test cannot be redelivered; send another test instead");
    }
    if (entry.status() == DeliveryStatus.PENDING) {
      throw ApiException.conflict(
          "delivery_pending", "the delivery is still pending; wait until it has ended");
    }
    if (!webhook.active()) {
      throw ApiException.conflict(
          "webhook_inactive", "the webhook is inactive; set its active to true first");
    }
  }

  private static JsonObject json(Webhook webhook, DeliveryEntry original, Redelivery.Made made) {
    return new JsonObject()
        .put("delivery_id", IdKind.DELIVERY.format(made.id()))
        .put("original_delivery_id", IdKind.DELIVERY.format(original.id()))
        .put("event_type", original.eventType())
        .put("status", DeliveryStatus.PENDING.wireName())
        .put("scheduled_at", Timestamps.seconds(Instant.ofEpochMilli(made.scheduledAtMillis())))
        .put("webhook_url", webhook.url());
  }
}
