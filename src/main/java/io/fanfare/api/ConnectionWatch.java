package io.fanfare.api;

import io.fanfare.time.DeadlineWheel;
import io.fanfare.time.DeadlineWheel.Deadline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of clients and the time in which they must have sent a request. Idle
 * timeouts alone would not do: each byte of a client that trickles starts them anew. One for each
 * event loop, used on it alone.
 */
final class ConnectionWatch {
  private static final int TICK_MILLIS = 100;

  private final DeadlineWheel deadlines;
  private final int connectionsMax;
  private final AtomicInteger connections;
  private final Duration readTimeout;
  private final Duration idleTimeout;
  private final Map<HttpConnection, Client> clients = new HashMap<>();

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
    this.deadlines =
        new DeadlineWheel(
            TICK_MILLIS,
            System::nanoTime,
            tick -> vertx.setTimer(TICK_MILLIS, timer -> tick.run()));
    this.connectionsMax = connectionsMax;
    this.connections = connections;
    this.readTimeout = readTimeout;
    this.idleTimeout = idleTimeout;
  }

  /** A client connected. */
  void connected(HttpConnection connection) {
    int open = connections.incrementAndGet();
    Client client = new Client(connection);
    connection.closeHandler(
        closed -> {
          connections.decrementAndGet();
          client.closed();
          clients.remove(connection);
        });
    if (open > connectionsMax) {
      connection.close();
      return;
    }
    clients.put(connection, client);
    client.awaitHead(readTimeout);
  }

  /** The head of a request is there. */
  void requested(RoutingContext context) {
    HttpServerRequest request = context.request();
    Client client = clients.get(request.connection());
    if (client != null) {
      client.endWait();
      context.addEndHandler(sent -> client.awaitHead(idleTimeout));
    }
    if (BodyReceiver.hasBody(request)) {
      Deadline body = deadlines.set(readTimeout.toMillis(), () -> tooLate(context));
      request.end().onComplete(end -> body.met());
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

  /** A connection, which must send a head in time unless a request of it is being served. */
  private final class Client {
    private final HttpConnection connection;
    private @Nullable Deadline head;
    private boolean closed;

    Client(HttpConnection connection) {
      this.connection = connection;
    }

    void awaitHead(Duration time) {
      endWait();
      if (!closed) {
        head = deadlines.set(time.toMillis(), connection::close);
      }
    }

    void endWait() {
      if (head != null) {
        head.met();
        head = null;
      }
    }

    void closed() {
      closed = true;
      endWait();
    }
  }
}
