package io.fanfare.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections of clients and the time in which they must have sent a request. Idle
 * timeouts alone would not do: each byte of a client that trickles starts them anew. One for each
 * event loop, used on it alone.
 */
final class ConnectionWatch {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final int connectionsMax;
  private final AtomicInteger connections;
  private final Duration readTimeout;
  private final Duration idleTimeout;
  // The timer of every open connection that must send a head; NO_TIMER while it is served.
  private final Map<HttpConnection, Long> headTimers = new HashMap<>();

  /**
   * @param connections counts the connections of all event loops
   * @param readTimeout for the first head after the connect, and for a head with its body
   * @param idleTimeout between an answer and the next head
   */
  ConnectionWatch(
      Vertx vertx,
      int connectionsMax,
      AtomicInteger connections,
      Duration readTimeout,
      Duration idleTimeout) {
    this.vertx = vertx;
    this.connectionsMax = connectionsMax;
    this.connections = connections;
    this.readTimeout = readTimeout;
    this.idleTimeout = idleTimeout;
  }

  /** A client connected. */
  void connected(HttpConnection connection) {
    int open = connections.incrementAndGet();
    connection.closeHandler(
        closed -> {
          connections.decrementAndGet();
          cancel(connection);
          headTimers.remove(connection);
        });
    if (open > connectionsMax) {
      connection.close();
      return;
    }
    headTimers.put(connection, NO_TIMER);
    awaitHead(connection, readTimeout);
  }

  /** The head of a request is there. */
  void requested(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpConnection connection = request.connection();
    cancel(connection);
    context.addEndHandler(sent -> awaitHead(connection, idleTimeout));
    if (BodyReceiver.hasBody(request)) {
      long timer = vertx.setTimer(readTimeout.toMillis(), late -> tooLate(context));
      request.end().onComplete(end -> vertx.cancelTimer(timer));
    }
    context.next();
  }

  private void tooLate(RoutingContext context) {
    if (context.request().isEnded()) {
      return;
    }
    HttpConnection connection = context.request().connection();
    if (context.response().ended()) {
      connection.close();
      return;
    }
    Routes.send(context, ApiResponse.of(Failures.ofStatus(408)).withHeader("Connection", "close"));
    connection.close();
  }

  private void awaitHead(HttpConnection connection, Duration time) {
    if (cancel(connection)) {
      headTimers.put(connection, vertx.setTimer(time.toMillis(), late -> connection.close()));
    }
  }

  /** Whether the connection is still open. */
  private boolean cancel(HttpConnection connection) {
    Long timer = headTimers.replace(connection, NO_TIMER);
    if (timer != null && timer != NO_TIMER) {
      vertx.cancelTimer(timer);
    }
    return timer != null;
  }
}
