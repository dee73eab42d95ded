package io.fanfare.event;

import io.fanfare.event.PublishRequest.Idempotency;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.trace.Trace;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON form of a request that comes over the event bus: an event, or a batch of them
 * under {@code events}.
 */
final class BusRequests {
  private static final int KEY_LENGTH_MAX = 255;

  private BusRequests() {}

  /**
   * @param key the header {@code idempotency-key}, if any
   * @param trace where the publisher is, if in any trace
   * @throws PublishException with every fault in one sentence
   */
  static PublishRequest read(
      @Nullable Object body, @Nullable String key, @Nullable Trace trace, long dataBytesMax)
      throws PublishException {
    if (!(body instanceof JsonObject json)) {
      throw PublishException.invalid(
          "send a JSON object with event and data, or use EventPublisher");
    }
    Buffer bytes = json.toBuffer();
    EventParser parser = new EventParser((int) dataBytesMax);
    boolean batch = json.containsKey("events");
    try {
      List<NewEvent> events =
          batch ? parser.batch(bytes.getBytes()) : parser.single(bytes.getBytes());
      requireSound(parser);
      return new PublishRequest(
          events, batch, key == null ? null : idempotency("", key, bytes.getBytes()), trace);
    } catch (InvalidJsonException e) {
      throw PublishException.invalid(e.getMessage());
    }
  }

  /**
   * What was parsed may be published.
   *
   * @throws PublishException if data is too large, or with every fault in one sentence
   */
  static void requireSound(EventParser parser) throws PublishException {
    if (parser.tooLarge()) {
      throw PublishException.tooLarge(parser.dataBytesMax());
    }
    if (!parser.faults().isEmpty()) {
      throw PublishException.invalid(sentence(parser.faults()));
    }
  }

  private static String sentence(List<EventParser.Fault> faults) {
    return faults.stream()
        .map(fault -> fault.field() + " " + fault.message())
        .collect(Collectors.joining("; "));
  }

  /**
   * An idempotency key with the hash of its body.
   *
   * @throws PublishException if the key is not 1 to 255 printable characters
   */
  static Idempotency idempotency(String scope, String key, byte[] body) throws PublishException {
    if (key.isEmpty() || key.length() > KEY_LENGTH_MAX || key.indexOf('\0') >= 0) {
      throw PublishException.invalid(
          "the Idempotency-Key must be 1 to " + KEY_LENGTH_MAX + " characters, none of them NUL");
    }
    try {
      return new Idempotency(scope, key, MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
