package io.fanfare.stats;

import java.time.Duration;

/**
 * How much one fold takes: about as much as goes in the time that is wanted for a transaction. Few
 * large folds cost less than many small ones, because each reads and writes the sketch of every
 * webhook it meets; but a long transaction keeps PostgreSQL from pruning rows, and one that never
 * ends in time would never be done.
 *
 * <p>Doubles after a fast fold, halves after a slow one, and is a quarter after one that failed.
 * Pure, and not thread-safe.
 */
final class FoldSize {
  /**
   * Most flushes of any fold, a bound of its memory. The number of flushes costs next to nothing:
   * they are not limited beside what they changed, else many small ones would make many folds.
   */
  static final int FLUSHES_MAX = 4_096;

  /** Most changes of any fold, likewise: deliveries accepted or ended, and counters of events. */
  static final int CHANGES_MAX = 200_000;

  private static final int SHARES = 256;

  private final long fastMillis;
  private final long slowMillis;
  // Of the most that a fold may take, out of SHARES.
  private int share = SHARES / 16;

  /**
   * @param fast a fold shorter than this may be larger
   * @param slow a fold longer than this must be smaller
   */
  FoldSize(Duration fast, Duration slow) {
    this.fastMillis = fast.toMillis();
    this.slowMillis = slow.toMillis();
  }

  /** Most changes of the next fold; one flush more at the most. */
  int changes() {
    return CHANGES_MAX / SHARES * share;
  }

  /**
   * A fold is committed.
   *
   * @param full whether it took as much as it might; only then it tells how fast larger ones are
   */
  void took(long millis, boolean full) {
    if (full && millis < fastMillis) {
      share = Math.min(SHARES, share * 2);
    } else if (millis > slowMillis) {
      share = Math.max(1, share / 2);
    }
  }

  /** A fold failed, maybe because it took too long. */
  void failed() {
    share = Math.max(1, share / 4);
  }
}
