package io.fanfare.delivery;

import io.fanfare.event.Event;
import java.nio.charset.StandardCharsets;

/**
 * The body of a delivery: five members in the document's order, {@code data} spliced in as the
 * bytes that were published. The same on every attempt, because nothing in it depends on the
 * attempt.
 */
public final class Body {
  private static final byte[] EVENT = ascii("{\"event\":\"");
  private static final byte[] TIMESTAMP = ascii("\",\"timestamp\":\"");
  private static final byte[] WEBHOOK = ascii("\",\"webhook_id\":\"");
  private static final byte[] DELIVERY = ascii("\",\"delivery_id\":\"");
  private static final byte[] DATA = ascii("\",\"data\":");

  private Body() {}

  /**
   * The body. Type, timestamp and ids are ASCII and need no escaping; the parser of events sees to
   * that.
   */
  public static byte[] splice(Event event, String webhookId, String deliveryId) {
    byte[] type = ascii(event.type());
    byte[] timestamp = ascii(event.timestamp());
    byte[] webhook = ascii(webhookId);
    byte[] delivery = ascii(deliveryId);
    int dataLength = event.data().length();
    int length =
        EVENT.length
            + type.length
            + TIMESTAMP.length
            + timestamp.length
            + WEBHOOK.length
            + webhook.length
            + DELIVERY.length
            + delivery.length
            + DATA.length
            + dataLength
            + 1;
    byte[] body = new byte[length];
    int at = put(body, 0, EVENT);
    at = put(body, at, type);
    at = put(body, at, TIMESTAMP);
    at = put(body, at, timestamp);
    at = put(body, at, WEBHOOK);
    at = put(body, at, webhook);
    at = put(body, at, DELIVERY);
    at = put(body, at, delivery);
    at = put(body, at, DATA);
    event.data().getBytes(0, dataLength, body, at);
    body[length - 1] = '}';
    return body;
  }

  private static int put(byte[] body, int at, byte[] part) {
    System.arraycopy(part, 0, body, at, part.length);
    return at + part.length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
