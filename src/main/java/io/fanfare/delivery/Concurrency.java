package io.fanfare.delivery;

/**
 * How many attempts of one webhook may be in flight. Starts low, grows with every good answer, and
 * halves when the receiver fails: a receiver that hangs holds few of everybody's slots, and one
 * that comes back is not run over.
 */
final class Concurrency {
  private static final int START = 4;

  private final int max;
  private int limit;

  Concurrency(int max) {
    this.max = max;
    this.limit = Math.min(START, max);
  }

  int limit() {
    return limit;
  }

  void record(Outcome.Health health) {
    switch (health) {
      case WELL -> limit = Math.min(max, limit + 1);
      case FAILED -> limit = Math.max(1, limit / 2);
      case UNKNOWN -> {}
    }
  }

  /** The circuit has just closed: one at a time first. */
  void restart() {
    limit = 1;
  }
}
