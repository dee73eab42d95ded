package io.fanfare.delivery;

import io.fanfare.config.DeliveryConfig;
import io.fanfare.time.DeadlineWheel;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.net.NetClientOptions;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Finds the {@link DeliveryLoop} of an event loop. A client per loop keeps attempts and their
 * connections on one thread; a client per webhook would cost a timer and a pool each. Thread-safe.
 */
public final class DeliveryLoops {
  private static final long EVICTION_MILLIS = 1_000;
  // A receiver that says "Keep-Alive: timeout=0" would otherwise keep its connection for ever.
  private static final long LIFE_SECONDS = 60;
  // An attempt may take its timeout and 100 ms.
  private static final int DEADLINE_TICK_MILLIS = 10;

  private final ConcurrentHashMap<Object, DeliveryLoop> loops = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<NetClientInternal> clients;
  private final Lookup lookup;
  private final DeliveryConfig config;
  private final Unrecorded unrecorded;

  /**
   * Loops are found as they are asked for. The clients and the look-up outlive every delivery
   * verticle, so call it in the context of the verticle that deploys the rooms.
   *
   * @param count how many event loops there are
   * @param unrecorded shared by all of them
   */
  public DeliveryLoops(Vertx vertx, int count, DeliveryConfig config, Unrecorded unrecorded) {
    this.clients =
        Stream.generate(() -> (NetClientInternal) vertx.createNetClient(options(config)))
            .limit(count)
            .toList();
    this.lookup = new Lookup(vertx, config.dnsTimeout());
    this.config = config;
    this.unrecorded = unrecorded;
  }

  private static NetClientOptions options(DeliveryConfig config) {
    return new NetClientOptions()
        .setConnectTimeout((int) config.connectTimeout().toMillis())
        .setSslHandshakeTimeout(config.connectTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setTcpNoDelay(true)
        .setTrustAll(false)
        .setHostnameVerificationAlgorithm("HTTPS");
  }

  /** Finds the addresses of receivers. */
  Lookup lookup() {
    return lookup;
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
            // Shorter than Node's 5 s: better that we close an idle connection than the receiver
            // does.
            config.keepAlive().toNanos(),
            TimeUnit.SECONDS.toNanos(LIFE_SECONDS),
            System::nanoTime);
    home.setPeriodic(EVICTION_MILLIS, timer -> connections.evict());
    DeadlineWheel deadlines =
        new DeadlineWheel(
            DEADLINE_TICK_MILLIS,
            System::nanoTime,
            tick -> home.setTimer(DEADLINE_TICK_MILLIS, timer -> tick.run()));
    DeliveryLoop loop =
        new DeliveryLoop(
            connections,
            deadlines,
            new Outbox(home),
            unrecorded,
            Math.max(1, config.inFlightMax() / clients.size()));
    unrecorded.whenRoom(() -> home.runOnContext(v -> loop.wakeWaiting()));
    return loop;
  }
}
