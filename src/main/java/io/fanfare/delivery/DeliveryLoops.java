package io.fanfare.delivery;

import io.vertx.core.http.HttpClientAgent;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds the {@link DeliveryLoop} of the calling event loop. A client per loop keeps attempts and
 * their connections on one thread; a client per webhook would cost a timer and a pool each.
 * Thread-safe.
 */
public final class DeliveryLoops {
  private final ConcurrentHashMap<Thread, DeliveryLoop> loops = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<HttpClientAgent> clients;
  private final int inFlightMax;

  /**
   * @param clients as many as there are event loops; they must outlive every delivery verticle, so
   *     make them in the context of the verticle that deploys the rooms
   * @param inFlightMax attempts in flight in all
   */
  public DeliveryLoops(List<HttpClientAgent> clients, int inFlightMax) {
    this.clients = List.copyOf(clients);
    this.inFlightMax = inFlightMax;
  }

  /** That of the calling thread, which must be an event loop. */
  DeliveryLoop current() {
    return loops.computeIfAbsent(
        Thread.currentThread(),
        thread ->
            new DeliveryLoop(
                clients.get(next.getAndIncrement() % clients.size()),
                Math.max(1, inFlightMax / clients.size())));
  }
}
