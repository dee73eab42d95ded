package io.fanfare.delivery;

import io.fanfare.config.CircuitConfig;
import io.fanfare.webhook.CircuitRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a receiver is worth an attempt. A pure state machine: the time comes with each call, and
 * what follows is asked for, never done here.
 *
 * <pre>
 *           10 failures in a row, or ≥ 70 % of at least 20 within 60 s
 *   CLOSED ───────────────────────────────────────────────────────────► OPEN ◄─────────┐
 *     ▲                                                                   │ probe is due │ probe failed:
 *     │ probe was well, or the URL was changed, or activated              ▼              │ twice as long
 *     └──────────────────────────────────────────────────────────── HALF_OPEN ───────────┘
 * </pre>
 */
public final class Circuit {
  /** The states; names as in the API. */
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  private final CircuitConfig config;
  private final RollingCounts recent;
  private State state = State.CLOSED;
  private int failuresInRow;
  private int trips;
  private long openedAt;
  private long probeAt;

  /** A circuit as it was recorded; a probe that was on its way at that time is due again. */
  public Circuit(CircuitConfig config, CircuitRecord record) {
    this.config = config;
    this.recent = new RollingCounts(config.rateWindow().toMillis());
    this.failuresInRow = record.failures();
    if (record.openedAt() != null && record.probeAt() != null) {
      state = State.OPEN;
      trips = record.trips();
      openedAt = record.openedAt().toEpochMilli();
      probeAt = record.probeAt().toEpochMilli();
    }
  }

  /** The state. */
  public State state() {
    return state;
  }

  /** Whether there is a row of failures worth remembering. */
  boolean hasFailures() {
    return failuresInRow > 0;
  }

  /** When the next probe may go, milliseconds since 1970; only while open. */
  public long probeAt() {
    return probeAt;
  }

  /** Takes the one permit of a probe; false where it is not due or one is on its way. */
  public boolean tryProbe(long now) {
    if (state != State.OPEN || now < probeAt) {
      return false;
    }
    state = State.HALF_OPEN;
    return true;
  }

  /** A probe ended without telling anything about the receiver: the next one may go at once. */
  public void probeUnknown() {
    if (state == State.HALF_OPEN) {
      state = State.OPEN;
    }
  }

  /**
   * Records how an attempt went.
   *
   * @param probe whether it was the probe
   * @return whether the state, or what is recorded of it, has changed
   */
  public boolean record(Outcome.Health health, boolean probe, long now) {
    if (probe && state != State.HALF_OPEN) {
      // A new URL, or a test that was accepted, has closed the circuit meanwhile.
      return false;
    }
    if (health == Outcome.Health.UNKNOWN) {
      if (probe) {
        // Not the receiver's fault, and yet not a sign of life: ask again after the same wait.
        state = State.OPEN;
        probeAt = now + openMillis();
        return true;
      }
      return false;
    }
    if (probe) {
      return health == Outcome.Health.WELL ? close() : reopen(now);
    }
    if (state != State.CLOSED) {
      // Attempts that began before the circuit opened say nothing new, and must not end a probe's
      // verdict.
      return false;
    }
    recent.add(now, health == Outcome.Health.FAILED);
    if (health == Outcome.Health.WELL) {
      boolean changed = failuresInRow > 0;
      failuresInRow = 0;
      return changed;
    }
    failuresInRow++;
    if (failuresInRow >= config.failures() || isRateExceeded(now)) {
      trips = 0;
      open(now);
    }
    return true;
  }

  /** Closes the circuit; answers whether it was not closed. */
  public boolean close() {
    boolean changed = state != State.CLOSED;
    state = State.CLOSED;
    failuresInRow = 0;
    trips = 0;
    recent.clear();
    return changed;
  }

  /** What is written down. */
  public CircuitRecord toRecord() {
    return new CircuitRecord(
        state.name().toLowerCase(java.util.Locale.ROOT),
        instant(openedAt),
        instant(probeAt),
        failuresInRow,
        trips);
  }

  private @Nullable Instant instant(long millis) {
    return state == State.CLOSED ? null : Instant.ofEpochMilli(millis);
  }

  private boolean isRateExceeded(long now) {
    int all = recent.all(now);
    return all >= config.rateAttemptsMin()
        && recent.failed(now) * 100L >= (long) all * config.ratePercent();
  }

  private boolean reopen(long now) {
    trips++;
    failuresInRow++;
    long since = openedAt;
    open(now);
    openedAt = since;
    return true;
  }

  private void open(long now) {
    state = State.OPEN;
    openedAt = now;
    probeAt = now + openMillis();
  }

  /** 30 s, doubling with each failed probe up to 10 min. */
  private long openMillis() {
    long max = config.openMax().toMillis();
    long millis = config.open().toMillis();
    for (int i = 0; i < trips && millis < max; i++) {
      millis *= 2;
    }
    return Math.min(millis, max);
  }
}
