package io.fanfare.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks whether a server answers at all before a pool connects to it: the client waits for ever for
 * one that takes a connection and is silent then, and so long the pool is short of a place.
 */
final class Greeting {
  // The request to speak TLS, which every PostgreSQL and every pooler answers with one byte:
  // https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest.
  private static final Buffer REQUEST = Buffer.buffer().appendInt(8).appendInt(80877103);

  private final NetClient client;
  private final PgConnectOptions target;
  private final Duration limit;

  /**
   * @param limit for the connection, and again for the answer
   */
  Greeting(Vertx vertx, PgConnectOptions target, Duration limit) {
    this.client =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout((int) limit.toMillis()));
    this.target = target;
    this.limit = limit;
  }

  /** Completes when the server has answered; fails within twice the limit. */
  Future<Void> exchange() {
    if (target.isUsingDomainSocket()) {
      return Future.succeededFuture();
    }
    return client.connect(target.getPort(), target.getHost()).compose(this::asked);
  }

  private Future<Void> asked(NetSocket socket) {
    Promise<Void> answered = Promise.promise();
    socket
        .handler(answer -> answered.tryComplete())
        .closeHandler(v -> answered.tryFail(new IOException("the database closed a connection")));
    return socket
        .write(REQUEST)
        .compose(v -> answered.future())
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> socket.close());
  }
}
