package io.fanfare.delivery;

import org.jspecify.annotations.Nullable;

/**
 * What an attempt met. A receiver's 500 is an outcome like any other; it is not an exception.
 *
 * @param kind what it was
 * @param startedAtMillis when the attempt began, milliseconds since 1970
 * @param endedAtMillis when it ended
 * @param responseCode the receiver's status; null without an answer
 * @param responseMillis first byte written to response head; null without an answer
 * @param responseBody the first bytes of the answer as text that PostgreSQL can store; null without
 *     an answer
 * @param responseHeaders a JSON object; null without an answer
 * @param usualHeaders whether the answer before had the same headers; then they are without {@code
 *     Date}
 * @param retryAfterMillis what the receiver asked for, already bounded; null where it did not, or
 *     not well
 * @param error what was wrong, for the client: a short phrase without addresses; null with an
 *     answer
 */
public record Outcome(
    Kind kind,
    long startedAtMillis,
    long endedAtMillis,
    @Nullable Integer responseCode,
    @Nullable Integer responseMillis,
    @Nullable String responseBody,
    @Nullable String responseHeaders,
    boolean usualHeaders,
    @Nullable Long retryAfterMillis,
    @Nullable String error) {

  /** The kinds of outcomes. */
  public enum Kind {
    /** A response head with a final status arrived in time. */
    ANSWER,
    /** No head within the webhook's timeout. */
    TIMEOUT,
    /** The connection was refused or cut, or the answer was malformed. */
    NETWORK,
    /** The TLS handshake failed. */
    TLS,
    /** The host's name could not be resolved. */
    DNS,
    /** The URL, or an address its name resolves to, is not allowed. */
    DENIED,
    /** Our own fault: the request could not be made. */
    INTERNAL
  }

  /** An outcome without an answer. */
  static Outcome withoutAnswer(Kind kind, long startedAt, long endedAt, @Nullable String error) {
    return new Outcome(kind, startedAt, endedAt, null, null, null, null, false, null, error);
  }

  /** Whether the receiver took it: any 2xx head. */
  public boolean isAccepted() {
    return kind == Kind.ANSWER && responseCode != null && responseCode / 100 == 2;
  }

  /**
   * What it tells about the receiver's health (contract, section 7): ≥ 500, 408, 429, a timeout or
   * a broken connection fails; any other answer ends a row of failures; DNS failures and our own
   * errors tell nothing.
   */
  public Health health() {
    return switch (kind) {
      case TIMEOUT, NETWORK, TLS -> Health.FAILED;
      case DNS, DENIED, INTERNAL -> Health.UNKNOWN;
      case ANSWER -> isFailureCode() ? Health.FAILED : Health.WELL;
    };
  }

  private boolean isFailureCode() {
    return responseCode != null
        && (responseCode >= 500 || responseCode == 408 || responseCode == 429);
  }

  /** What an attempt tells about its receiver. */
  public enum Health {
    WELL,
    FAILED,
    UNKNOWN
  }
}
