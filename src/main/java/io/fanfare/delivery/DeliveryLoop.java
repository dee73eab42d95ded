package io.fanfare.delivery;

import io.fanfare.time.DeadlineWheel;
import java.util.ArrayDeque;

/**
 * What the delivery verticles of one event loop share: the connections, which then all live on this
 * loop, the deadlines of attempts, what is to be reported, and the loop's part of the attempts in
 * flight. None starts while too many are {@link Unrecorded}. Used from its loop only.
 */
final class DeliveryLoop {
  private final Connections connections;
  private final DeadlineWheel deadlines;
  private final Outbox outbox;
  private final Unrecorded unrecorded;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  DeliveryLoop(
      Connections connections,
      DeadlineWheel deadlines,
      Outbox outbox,
      Unrecorded unrecorded,
      int inFlightMax) {
    this.connections = connections;
    this.deadlines = deadlines;
    this.outbox = outbox;
    this.unrecorded = unrecorded;
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
    if (hasRoom()) {
      free--;
      return true;
    }
    waiting.add(whenFree);
    return false;
  }

  /** Gives a slot back, unused or after its attempt. */
  void giveBack() {
    free++;
    wakeWaiting();
  }

  /** Gives slots to those who wait, as far as there are any. */
  void wakeWaiting() {
    // One that has nothing to send any more leaves the slot to the next.
    while (hasRoom() && !waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** An attempt has ended, and its outcome is about to be reported. */
  void ended() {
    unrecorded.add();
  }

  private boolean hasRoom() {
    return free > 0 && !unrecorded.isFull();
  }
}
