package io.fanfare.faults;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands between a client and a server, and can lose what the server answers: so a statement is
 * executed, and its client never hears of it.
 */
public final class Relay implements AutoCloseable {
  private final NetServer server;
  private volatile Mode mode = Mode.PASS;

  /** What becomes of the server's answers. */
  public enum Mode {
    /** They pass. */
    PASS,
    /** They vanish, and the connection stays open. */
    DEAF,
    /** The first one cuts its connection, and nobody gets to read it. */
    CUT
  }

  private Relay(NetServer server) {
    this.server = server;
  }

  /** A relay to that server. */
  public static Relay start(Vertx vertx, String host, int port) throws TimeoutException {
    NetServer server = vertx.createNetServer();
    Relay relay = new Relay(server);
    server
        .connectHandler(
            client -> {
              client.pause();
              vertx
                  .createNetClient()
                  .connect(port, host)
                  .onSuccess(target -> relay.join(client, target))
                  .onFailure(refused -> client.close());
            })
        .listen(0, "127.0.0.1")
        .await(10, TimeUnit.SECONDS);
    return relay;
  }

  /** Where clients connect to, on loopback. */
  public int port() {
    return server.actualPort();
  }

  /** Says what becomes of answers from now on. */
  public void mode(Mode value) {
    mode = value;
  }

  private void join(NetSocket client, NetSocket target) {
    client.handler(target::write).closeHandler(v -> target.close());
    target.handler(answer -> pass(client, target, answer)).closeHandler(v -> client.close());
    client.resume();
  }

  private void pass(NetSocket client, NetSocket target, Buffer answer) {
    switch (mode) {
      case PASS -> client.write(answer);
      case DEAF -> {}
      case CUT -> {
        client.close();
        target.close();
      }
    }
  }

  @Override
  public void close() throws TimeoutException {
    Future<Void> closed = server.close();
    closed.await(10, TimeUnit.SECONDS);
  }
}
