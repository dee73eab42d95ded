package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/**
 * The other side of a webhook's URL: where to send, how to sign, which headers. Made once per
 * version of the webhook, so that an attempt only adds what is its own.
 */
final class Receiver {
  private static final CharSequence APPLICATION_JSON =
      HttpHeaders.createOptimized("application/json");
  private static final CharSequence STANDARD_ID = HttpHeaders.createOptimized("webhook-id");
  private static final CharSequence STANDARD_TIMESTAMP =
      HttpHeaders.createOptimized("webhook-timestamp");
  private static final CharSequence STANDARD_SIGNATURE =
      HttpHeaders.createOptimized("webhook-signature");

  private final Webhook webhook;
  private final TargetUrl url;
  private final CharSequence host;
  private final Signer signer;
  private final Names names;
  private final UsualHeaders usualHeaders = new UsualHeaders();

  /** The header names that depend on {@code delivery.header_prefix}. */
  record Names(
      CharSequence event,
      CharSequence delivery,
      CharSequence webhookId,
      CharSequence timestamp,
      CharSequence signature,
      CharSequence userAgent) {
    static Names of(DeliveryConfig config) {
      String prefix = config.headerPrefix();
      return new Names(
          HttpHeaders.createOptimized(prefix + "Event"),
          HttpHeaders.createOptimized(prefix + "Delivery"),
          HttpHeaders.createOptimized(prefix + "Webhook-ID"),
          HttpHeaders.createOptimized(prefix + "Timestamp"),
          HttpHeaders.createOptimized(prefix + "Signature-256"),
          HttpHeaders.createOptimized(config.userAgent()));
    }
  }

  /**
   * @throws TargetUrl.RefusedException if the URL is not allowed any more: the configuration has
   *     changed since it was registered
   */
  Receiver(Webhook webhook, Names names, NetworkPolicy networks) throws TargetUrl.RefusedException {
    this.webhook = webhook;
    this.url = TargetUrl.admit(webhook.url(), networks);
    this.host = HttpHeaders.createOptimized(url.hostHeader());
    this.signer = new Signer(webhook.secret());
    this.names = names;
  }

  Webhook webhook() {
    return webhook;
  }

  TargetUrl url() {
    return url;
  }

  UsualHeaders usualHeaders() {
    return usualHeaders;
  }

  /** The headers of one attempt, signatures included. */
  MultiMap headers(String eventType, String deliveryId, long nowMillis, byte[] body) {
    String seconds = Long.toString(nowMillis / 1000);
    // Vert.x would leave out the brackets of an IPv6 address.
    MultiMap headers = HttpHeaders.headers().set(HttpHeaders.HOST, host);
    webhook.headers().forEach(headers::add);
    return headers
        .set(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON)
        .set(HttpHeaders.USER_AGENT, names.userAgent())
        .set(names.event(), eventType)
        .set(names.delivery(), deliveryId)
        .set(names.webhookId(), webhook.publicId())
        .set(names.timestamp(), seconds)
        .set(names.signature(), signer.document(body))
        .set(STANDARD_ID, deliveryId)
        .set(STANDARD_TIMESTAMP, seconds)
        .set(STANDARD_SIGNATURE, signer.standard(deliveryId, seconds, body));
  }
}
