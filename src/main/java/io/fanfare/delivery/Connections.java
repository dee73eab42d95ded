package io.fanfare.delivery;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keep-alive connections of one event loop, by the address that was vetted and the authority
 * that was asked for. The newest is taken first, in constant time: Vert.x's own pool searches its
 * list for each request, which at a thousand connections to one receiver costs more than the
 * request. How many there are is bounded by the attempts in flight.
 *
 * <p>Used from its loop only.
 */
final class Connections {
  private final HttpClientAgent client;
  private final ContextInternal home;
  private final long idleNanosMax;
  private final long lifeNanosMax;
  private final LongSupplier nanos;
  private final Map<Endpoint, ArrayDeque<Connection>> idle = new HashMap<>();

  /** Where a connection leads to. */
  record Endpoint(SocketAddress server, String host, int port, boolean tls) {}

  /** A connection, on loan or idle. */
  static final class Connection {
    private static final byte[] EMPTY_LINE = {'\r', '\n'};

    private final Endpoint endpoint;
    private final HttpClientConnection http;
    private final long bornNanos;
    private @Nullable ChannelHandlerContext parser;
    private long idleSinceNanos;
    private boolean used;
    private boolean closed;

    private Connection(Endpoint endpoint, HttpClientConnection http, long bornNanos) {
      this.endpoint = endpoint;
      this.http = http;
      this.bornNanos = bornNanos;
    }

    HttpClientConnection http() {
      return http;
    }

    /**
     * Whether it carried a request before this loan: then the receiver may have closed it unseen.
     */
    boolean isReused() {
      return used;
    }

    /**
     * Whether no byte has come over it that belongs to no answer. The parser keeps the beginning of
     * a line to itself: a receiver whose answer is longer than it says would spoil the next one,
     * whose request it has carried out by then. An empty line between answers is nothing to the
     * parser, but ends what has begun, which is malformed and closes the connection.
     */
    private boolean isClean() {
      if (parser != null) {
        try {
          ((ChannelInboundHandler) parser.handler())
              .channelRead(parser, Unpooled.wrappedBuffer(EMPTY_LINE));
        } catch (Exception e) {
          return false;
        }
      }
      return !closed;
    }

    /** Closes it; the loan is over. */
    void close() {
      closed = true;
      http.close();
    }
  }

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
      HttpClientAgent client,
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

  /** Lends the connection to the endpoint that was idle for the shortest time, or a fresh one. */
  Future<Connection> take(Endpoint endpoint) {
    ArrayDeque<Connection> waiting = idle.get(endpoint);
    if (waiting != null) {
      long now = nanos.getAsLong();
      for (Connection newest = waiting.pollLast(); newest != null; newest = waiting.pollLast()) {
        if (isUsable(newest, now) && newest.isClean()) {
          return Future.succeededFuture(newest);
        }
        newest.close();
      }
      idle.remove(endpoint);
    }
    return connect(endpoint);
  }

  /** Lends a fresh connection. */
  Future<Connection> connect(Endpoint endpoint) {
    Promise<Connection> promise = Promise.promise();
    home.runOnContext(
        v ->
            client
                .connect(
                    new HttpConnectOptions()
                        .setServer(endpoint.server())
                        .setHost(endpoint.host())
                        .setPort(endpoint.port())
                        .setSsl(endpoint.tls()))
                .map(http -> made(endpoint, http))
                .onComplete(promise));
    return promise.future();
  }

  private Connection made(Endpoint endpoint, HttpClientConnection http) {
    Connection made = new Connection(endpoint, http, nanos.getAsLong());
    HttpConnection inner = http.closeHandler(v -> made.closed = true);
    // What is wrapped by the connection that we see answers for itself here.
    if (inner instanceof HttpClientConnectionInternal known) {
      made.parser = known.channelHandlerContext().pipeline().context(HttpClientCodec.class);
    }
    // What a receiver does wrong is its attempt's outcome, and not worth a line in the log. What
    // came while no request was on its way makes the connection useless at once.
    http.exceptionHandler(failure -> made.closed = true);
    return made;
  }

  /** Takes a connection back whose exchange has ended well. */
  void giveBack(Connection connection) {
    connection.used = true;
    connection.idleSinceNanos = nanos.getAsLong();
    if (isUsable(connection, connection.idleSinceNanos)) {
      idle.computeIfAbsent(connection.endpoint, e -> new ArrayDeque<>()).addLast(connection);
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
    return !connection.closed
        && now - connection.idleSinceNanos < idleNanosMax
        && now - connection.bornNanos < lifeNanosMax;
  }
}
