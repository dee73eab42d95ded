package io.fanfare.delivery;

import io.fanfare.time.DeadlineWheel;
import java.util.ArrayDeque;

/**
 * What the delivery verticles of one event loop share: the connections, which then all live on this
 * loop, the deadlines of attempts, what is to be reported, and the loop's part of the attempts in
 * flight. Used from its loop only.
 */
final class DeliveryLoop {
  private final Connections connections;
  private final DeadlineWheel deadlines;
  private final Outbox outbox;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  DeliveryLoop(Connections connections, DeadlineWheel deadlines, Outbox outbox, int inFlightMax) {
    this.connections = connections;
    this.deadlines = deadlines;
    this.outbox = outbox;
    this.free = inFlightMax;
  }

  Connections connections() {
    return connections;
  }

  DeadlineWheel deadlines() {
    return deadlines;
  }

  Outbox outbox() {
    return outbox;
  }

  /**
   * Takes a slot for one attempt; where there is none, the caller is run when one comes back: first
   * come, first served.
   */
  boolean tryTake(Runnable whenFree) {
    if (free > 0) {
      free--;
      return true;
    }
    waiting.add(whenFree);
    return false;
  }

  /** Gives a slot back. */
  void giveBack() {
    free++;
    // One that has nothing to send any more leaves the slot to the next.
    for (Runnable next = waiting.poll(); next != null; next = free > 0 ? waiting.poll() : null) {
      next.run();
    }
  }
}
