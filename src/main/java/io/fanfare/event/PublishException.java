package io.fanfare.event;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/**
 * Why events were not accepted. The failure code is the HTTP status, the message a sentence for the
 * publisher.
 */
public final class PublishException extends ReplyException {
  private static final long serialVersionUID = 1L;

  private PublishException(int status, String message) {
    super(ReplyFailure.RECIPIENT_FAILURE, status, message);
  }

  /** The event is not valid. */
  public static PublishException invalid(String message) {
    return new PublishException(400, message);
  }

  /** The idempotency key was used with another body. */
  public static PublishException keyReused(String key) {
    return new PublishException(
        409,
        "the Idempotency-Key '"
            + key
            + "' was used with another body in the last 24 hours; use a new key");
  }

  /** The data of an event is too large. */
  static PublishException tooLarge(int dataBytesMax) {
    return new PublishException(
        413,
        "the data of an event may be "
            + dataBytesMax
            + " bytes at most; send less, or a link to it");
  }

  /** Nothing was accepted, and the same request may succeed later. */
  public static PublishException unavailable(String message) {
    return new PublishException(503, message);
  }

  /** Our own fault; nothing was accepted. */
  public static PublishException internal() {
    return new PublishException(500, "the event could not be stored; the log tells why");
  }
}
