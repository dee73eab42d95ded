package io.fanfare.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A webhook's circuit as it is stored, so that it survives a restart.
 *
 * @param state {@code closed}, {@code open} or {@code half_open}
 * @param openedAt when it opened; null while closed
 * @param probeAt when the next probe may go; null while closed
 * @param failures failed attempts in a row
 * @param trips probes that failed since it opened
 */
public record CircuitRecord(
    String state, @Nullable Instant openedAt, @Nullable Instant probeAt, int failures, int trips) {

  /** A circuit that lets everything through and remembers no failure. */
  public static final CircuitRecord CLOSED = new CircuitRecord("closed", null, null, 0, 0);

  /** Whether attempts go through freely. */
  public boolean closed() {
    return state.equals("closed");
  }
}
