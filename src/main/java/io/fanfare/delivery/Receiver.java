package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a webhook's URL: where to send, how to sign, which headers. Made once per
 * version of the webhook, so that an attempt only adds what is its own. Used from one thread only.
 */
final class Receiver {
  private static final byte[] END_OF_HEAD = latin1("\r\n\r\n");
  // Names and values of the lines that an attempt adds; more only makes the buffer grow.
  private static final int OWN_LINES_BYTES = 640;

  private final Webhook webhook;
  private final TargetUrl url;
  private final Signer signer;
  private final byte[] head;
  private final Names names;
  private final UsualHeaders usualHeaders = new UsualHeaders();
  private Connections.@Nullable Endpoint endpoint;

  /**
   * The lines of a head up to their values, which depend on {@code delivery.header_prefix}.
   *
   * @param reserved all our names, in lower case
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Names(
      Set<String> reserved,
      String fixed,
      String webhookId,
      byte[] event,
      byte[] delivery,
      byte[] timestamp,
      byte[] signature,
      byte[] standardId,
      byte[] standardTimestamp,
      byte[] standardSignature,
      byte[] contentLength,
      byte[] traceparent) {

    static Names of(DeliveryConfig config) {
      String prefix = config.headerPrefix();
      List<String> own =
          Stream.of("Event", "Delivery", "Webhook-ID", "Timestamp", "Signature-256")
              .map(prefix::concat)
              .toList();
      Set<String> reserved =
          Stream.concat(
                  own.stream(),
                  Stream.of(
                      "host",
                      "content-length",
                      "content-type",
                      "user-agent",
                      "webhook-id",
                      "webhook-timestamp",
                      "webhook-signature",
                      Trace.HEADER,
                      "tracestate"))
              .map(name -> name.toLowerCase(Locale.ROOT))
              .collect(Collectors.toUnmodifiableSet());
      return new Names(
          reserved,
          "content-type: application/json\r\nuser-agent: " + config.userAgent() + "\r\n",
          own.get(2) + ": ",
          line(own.get(0)),
          line(own.get(1)),
          line(own.get(3)),
          line(own.get(4)),
          line("webhook-id"),
          line("webhook-timestamp"),
          line("webhook-signature"),
          line("content-length"),
          line(Trace.HEADER));
    }

    /** Behind the value of the line before. */
    private static byte[] line(String name) {
      return latin1("\r\n" + name + ": ");
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
    this.signer = new Signer(webhook.secret());
    this.names = names;
    Map<String, String> ownHeaders = new LinkedHashMap<>(webhook.headers());
    // What is ours wins: a name may have become ours when the configured prefix changed.
    ownHeaders.keySet().removeIf(name -> names.reserved().contains(name.toLowerCase(Locale.ROOT)));
    // Refuses what no request can carry, before there is one.
    HttpHeaders.headers().addAll(ownHeaders);
    StringBuilder lines =
        new StringBuilder("POST ")
            .append(url.pathAndQuery())
            .append(" HTTP/1.1\r\nhost: ")
            .append(url.hostHeader())
            .append("\r\n");
    ownHeaders.forEach(
        (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    lines.append(names.fixed()).append(names.webhookId()).append(webhook.publicId());
    this.head = latin1(lines.toString());
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

  /**
   * The request of an attempt: head and body in one buffer, to be released by who gets it.
   *
   * @param trace the attempt's own place; null where it belongs to no trace
   */
  ByteBuf request(ByteBufAllocator allocator, Signed signed, @Nullable Trace trace, byte[] body) {
    ByteBuf request = allocator.directBuffer(head.length + OWN_LINES_BYTES + body.length);
    request.writeBytes(head);
    line(request, names.event(), signed.eventType());
    line(request, names.delivery(), signed.deliveryId());
    line(request, names.timestamp(), signed.seconds());
    line(request, names.signature(), signed.document());
    line(request, names.standardId(), signed.deliveryId());
    line(request, names.standardTimestamp(), signed.seconds());
    line(request, names.standardSignature(), signed.standard());
    line(request, names.contentLength(), Integer.toString(body.length));
    if (trace != null) {
      line(request, names.traceparent(), trace.traceparent());
    }
    return request.writeBytes(END_OF_HEAD).writeBytes(body);
  }

  private static void line(ByteBuf request, byte[] name, String value) {
    request.writeBytes(name).writeBytes(latin1(value));
  }

  /** One byte for each character, as header values are (RFC 9110, section 5.5). */
  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
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
