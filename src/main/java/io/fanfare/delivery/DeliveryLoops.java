package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds the {@link DeliveryLoop} of an event loop. A client per loop keeps attempts and their
 * connections on one thread; a client per webhook would cost a timer and a pool each. Thread-safe.
 */
public final class DeliveryLoops {
  private static final long EVICTION_MILLIS = 1_000;
  // A receiver that says "Keep-Alive: timeout=0" would otherwise keep its connection for ever.
  private static final long LIFE_SECONDS = 60;

  private final ConcurrentHashMap<Object, DeliveryLoop> loops = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<HttpClientAgent> clients;
  private final DeliveryConfig config;

  /**
   * Loops are found as they are asked for.
   *
   * @param clients as many as there are event loops; they must outlive every delivery verticle, so
   *     make them in the context of the verticle that deploys the rooms
   */
  public DeliveryLoops(List<HttpClientAgent> clients, DeliveryConfig config) {
    this.clients = List.copyOf(clients);
    this.config = config;
  }

  /** That of a verticle's context. */
  DeliveryLoop of(Context context) {
    ContextInternal internal = (ContextInternal) context;
    return loops.computeIfAbsent(internal.nettyEventLoop(), loop -> make(internal));
  }

  private DeliveryLoop make(ContextInternal verticle) {
    VertxInternal vertx = verticle.owner();
    // The verticle may go, its loop stays: connections and their eviction belong to the loop.
    ContextInternal home = vertx.contextBuilder().withEventLoop(verticle.nettyEventLoop()).build();
    Connections connections =
        new Connections(
            clients.get(next.getAndIncrement() % clients.size()),
            home,
            config.keepAlive().toNanos(),
            TimeUnit.SECONDS.toNanos(LIFE_SECONDS),
            System::nanoTime);
    home.setPeriodic(EVICTION_MILLIS, timer -> connections.evict());
    return new DeliveryLoop(connections, Math.max(1, config.inFlightMax() / clients.size()));
  }
}
