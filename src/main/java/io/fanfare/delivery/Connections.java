package io.fanfare.delivery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetClientInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keep-alive connections of one event loop, by the address that was vetted and the authority
 * that was asked for. The newest is taken first. How many there are is bounded by the attempts in
 * flight.
 *
 * <p>Used from its loop only.
 */
final class Connections {
  private final NetClientInternal client;
  private final ContextInternal home;
  private final long idleNanosMax;
  private final long lifeNanosMax;
  private final LongSupplier nanos;
  private final Map<Endpoint, ArrayDeque<Connection>> idle = new HashMap<>();

  /** Where a connection leads to. */
  record Endpoint(SocketAddress server, String host, int port, boolean tls) {}

  /**
   * An empty pool.
   *
   * @param home on which connections are made: they must not end with the verticle that asked for
   *     them
   * @param idleNanosMax shorter than receivers keep idle connections, which is 5 s for Node.js
   * @param lifeNanosMax after which a connection is not used again, so that DNS changes and load
   *     balancers have their way
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Connections(
      NetClientInternal client,
      ContextInternal home,
      long idleNanosMax,
      long lifeNanosMax,
      LongSupplier nanos) {
    this.client = client;
    this.home = home;
    this.idleNanosMax = idleNanosMax;
    this.lifeNanosMax = lifeNanosMax;
    this.nanos = nanos;
  }

  /** Lends the connection to the endpoint that was idle for the shortest time; null for none. */
  @Nullable Connection takeIdle(Endpoint endpoint) {
    ArrayDeque<Connection> waiting = idle.get(endpoint);
    if (waiting == null) {
      return null;
    }
    long now = nanos.getAsLong();
    for (Connection newest = waiting.pollLast(); newest != null; newest = waiting.pollLast()) {
      if (isUsable(newest, now)) {
        return newest;
      }
      newest.close();
    }
    idle.remove(endpoint);
    return null;
  }

  /** Lends a fresh connection. */
  Future<Connection> connect(Endpoint endpoint) {
    Promise<NetSocket> connected = home.promise();
    // Composed before there is anything to read: what comes with the end of the TLS handshake is
    // for the connection.
    Future<Connection> made =
        connected
            .future()
            .map(socket -> new Connection(endpoint, (NetSocketInternal) socket, nanos.getAsLong()));
    client.connectInternal(
        new ConnectOptions()
            .setRemoteAddress(endpoint.server())
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setSsl(endpoint.tls()),
        connected,
        home);
    return made;
  }

  /** Takes a connection back that is at rest. */
  void giveBack(Connection connection) {
    long now = nanos.getAsLong();
    connection.rest(now);
    if (isUsable(connection, now)) {
      idle.computeIfAbsent(connection.endpoint(), e -> new ArrayDeque<>()).addLast(connection);
    } else {
      connection.close();
    }
  }

  /** Closes what has been idle for too long; to be called about once a second. */
  void evict() {
    long now = nanos.getAsLong();
    for (Iterator<ArrayDeque<Connection>> all = idle.values().iterator(); all.hasNext(); ) {
      ArrayDeque<Connection> waiting = all.next();
      while (!waiting.isEmpty() && !isUsable(waiting.peekFirst(), now)) {
        waiting.removeFirst().close();
      }
      if (waiting.isEmpty()) {
        all.remove();
      }
    }
  }

  private boolean isUsable(Connection connection, long now) {
    return !connection.isClosed()
        && now - connection.idleSinceNanos() < idleNanosMax
        && now - connection.bornNanos() < lifeNanosMax;
  }
}
