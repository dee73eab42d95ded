package io.fanfare.api;

import io.fanfare.id.IdKind;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;

/** Finds the webhook that a path names. */
final class WebhookLookup {
  /** The part of the path that names it. */
  static final String PART = "webhook_id";

  private WebhookLookup() {}

  /**
   * The webhook in the path of a request.
   *
   * @throws ApiException 404 where it is unknown, deleted or not of the key's project
   */
  static Webhook of(ApiRequest request, WebhookIndex index) {
    return index
        .byId(request.id(PART, IdKind.WEBHOOK, "webhook"))
        .filter(webhook -> request.caller().sees(webhook.projectId()))
        .orElseThrow(() -> ApiException.notFound("webhook"));
  }
}
