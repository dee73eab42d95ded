package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * What became of a delivery in memory; to be written down.
 *
 * @param kind what it was
 * @param outcome what the attempt met; null unless one was made
 * @param probe whether the attempt was the probe of an open circuit
 * @param circuit the circuit's new state where this attempt changed it
 * @param sentAs the webhook as it was when the attempt was made; null unless one was made
 * @param trace the attempt's own place; null where it belongs to no trace
 */
public record Report(
    Delivery delivery,
    Kind kind,
    @Nullable Outcome outcome,
    boolean probe,
    @Nullable CircuitRecord circuit,
    @Nullable Webhook sentAs,
    @Nullable Trace trace)
    implements ToRecord {

  /** The kinds of reports. */
  public enum Kind {
    /** An attempt ended. */
    ATTEMPTED,
    /** No attempt was made; it shall wait in the database. */
    RELEASED,
    /** No attempt was made; its webhook is deleted. */
    DELETED
  }

  static Report attempted(
      Delivery delivery,
      Outcome outcome,
      boolean probe,
      @Nullable CircuitRecord circuit,
      Webhook sentAs,
      @Nullable Trace trace) {
    return new Report(delivery, Kind.ATTEMPTED, outcome, probe, circuit, sentAs, trace);
  }

  /** A delivery that shall wait in the database. */
  public static Report released(Delivery delivery) {
    return new Report(delivery, Kind.RELEASED, null, false, null, null, null);
  }

  static Report deleted(Delivery delivery) {
    return new Report(delivery, Kind.DELETED, null, false, null, null, null);
  }
}
