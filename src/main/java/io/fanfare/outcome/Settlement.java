package io.fanfare.outcome;

import org.jspecify.annotations.Nullable;

/**
 * What follows from an outcome.
 *
 * @param next where the delivery goes
 * @param attempts ended attempts, this one and probes included
 * @param probes those of them that were failed probes
 * @param dueAtMillis when it is due again, milliseconds since 1970; 0 when it is ended
 * @param error why the attempt failed; null when it succeeded
 * @param gone whether the receiver said that it will never be back
 */
public record Settlement(
    Next next, int attempts, int probes, long dueAtMillis, @Nullable String error, boolean gone) {

  /** Where a delivery goes. */
  public enum Next {
    SUCCESS,
    FAILED,
    /** Pending, and waiting in the database until it is due. */
    WAIT
  }
}
