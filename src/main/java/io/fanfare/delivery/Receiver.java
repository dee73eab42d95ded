package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a webhook's URL: where to send, how to sign, which headers. Made once per
 * version of the webhook, so that an attempt only adds what is its own. Used from one thread only.
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
  private final String webhookId;
  private final Map<String, String> ownHeaders;
  private final UsualHeaders usualHeaders = new UsualHeaders();
  private Connections.@Nullable Endpoint endpoint;

  /** The header names that depend on {@code delivery.header_prefix}. */
  record Names(
      CharSequence event,
      CharSequence delivery,
      CharSequence webhookId,
      CharSequence timestamp,
      CharSequence signature,
      CharSequence userAgent) {
    private boolean contains(String name) {
      return Stream.of(
              HttpHeaders.HOST,
              HttpHeaders.CONTENT_TYPE,
              HttpHeaders.USER_AGENT,
              event,
              delivery,
              webhookId,
              timestamp,
              signature,
              STANDARD_ID,
              STANDARD_TIMESTAMP,
              STANDARD_SIGNATURE)
          .anyMatch(ours -> ours.toString().equalsIgnoreCase(name));
    }

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

  /** The headers of an attempt that are its own: it may have to go over a second connection. */
  record Signed(
      String eventType, String deliveryId, String seconds, String document, String standard) {}

  /**
   * @throws TargetUrl.RefusedException if the URL is not allowed any more: the configuration has
   *     changed since it was registered
   * @throws IllegalArgumentException if one of its headers is none that can be sent
   */
  Receiver(Webhook webhook, Names names, NetworkPolicy networks) throws TargetUrl.RefusedException {
    this.webhook = webhook;
    this.url = TargetUrl.admit(webhook.url(), networks);
    this.host = HttpHeaders.createOptimized(url.hostHeader());
    this.signer = new Signer(webhook.secret());
    this.names = names;
    this.webhookId = webhook.publicId();
    this.ownHeaders = new LinkedHashMap<>(webhook.headers());
    // What is ours wins: a name may have become ours when the configured prefix changed.
    ownHeaders.keySet().removeIf(names::contains);
    // Refuses what no request can carry, before there is one.
    HttpHeaders.headers().addAll(ownHeaders);
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

  /**
   * What the headers of one attempt say.
   *
   * @throws IllegalArgumentException if the event type cannot be the value of a header
   */
  Signed sign(String eventType, String deliveryId, long nowMillis, byte[] body) {
    // Before there is a request, which would never be sent then.
    if (!eventType.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new IllegalArgumentException("an event type of other characters than ours");
    }
    String seconds = Long.toString(nowMillis / 1000);
    return new Signed(
        eventType,
        deliveryId,
        seconds,
        signer.document(body),
        signer.standard(deliveryId, seconds, body));
  }

  /** Adds all headers to a request that has none. */
  void addHeaders(MultiMap headers, Signed signed) {
    // Vert.x would leave out the brackets of an IPv6 address.
    headers.add(HttpHeaders.HOST, host);
    ownHeaders.forEach(headers::add);
    headers
        .add(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON)
        .add(HttpHeaders.USER_AGENT, names.userAgent())
        .add(names.event(), signed.eventType())
        .add(names.delivery(), signed.deliveryId())
        .add(names.webhookId(), webhookId)
        .add(names.timestamp(), signed.seconds())
        .add(names.signature(), signed.document())
        .add(STANDARD_ID, signed.deliveryId())
        .add(STANDARD_TIMESTAMP, signed.seconds())
        .add(STANDARD_SIGNATURE, signed.standard());
  }

  /** Where to connect for an address that the URL's host has now. */
  Connections.Endpoint endpoint(SocketAddress address) {
    Connections.Endpoint known = endpoint;
    if (known == null || !known.server().equals(address)) {
      known = new Connections.Endpoint(address, url.host(), url.port(), url.https());
      endpoint = known;
    }
    return known;
  }
}
