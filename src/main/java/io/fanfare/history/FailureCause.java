package io.fanfare.history;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What kind of thing an attempt or a delivery failed for. */
public enum FailureCause {
  /** The receiver answered, but not with 2xx. */
  STATUS,
  /** No head within the webhook's timeout. */
  TIMEOUT,
  /** The connection was refused or cut, or the answer was malformed. */
  CONNECTION,
  /** The TLS handshake failed. */
  TLS,
  /** The name could not be resolved. */
  DNS,
  /** The address is not allowed. */
  ADDRESS,
  /** It could not be ended in the time that a delivery may take. */
  EXPIRED,
  /** Our own fault. */
  INTERNAL;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the API. */
  public String wireName() {
    return wireName;
  }

  /**
   * The kind of a failure as it is stored.
   *
   * @param code null without an answer
   */
  public static FailureCause of(@Nullable Integer code, String error) {
    if (code != null) {
      return STATUS;
    }
    if (error.startsWith("timeout")) {
      return TIMEOUT;
    }
    if (error.startsWith("DNS ")) {
      return DNS;
    }
    if (error.startsWith("TLS ")) {
      return TLS;
    }
    if (error.startsWith("expired ")) {
      return EXPIRED;
    }
    if (error.startsWith("target address ")) {
      return ADDRESS;
    }
    return error.startsWith("connection ") || error.equals("malformed answer")
        ? CONNECTION
        : INTERNAL;
  }
}
