package io.fanfare.delivery;

import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * What the delivery verticles of one event loop share: the HTTP client, whose connections then all
 * live on this loop, and the loop's part of the attempts in flight. Used from its loop only.
 */
final class DeliveryLoop {
  private final HttpClientAgent client;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  // Weak: a closed connection leaves by itself.
  private final Set<HttpConnection> seen = Collections.newSetFromMap(new WeakHashMap<>());
  private int free;

  DeliveryLoop(HttpClientAgent client, int inFlightMax) {
    this.client = client;
    this.free = inFlightMax;
  }

  HttpClientAgent client() {
    return client;
  }

  /** Whether the connection carried a request before; from now on it has. */
  boolean isReused(HttpConnection connection) {
    return !seen.add(connection);
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
