package io.fanfare.faults;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands between a client and a server, and spoils what passes: so a statement is executed and its
 * client never hears of it, or a receiver is far away.
 */
public final class Relay implements AutoCloseable {
  private static final long DELAY_MILLIS = 200;
  private static final int TRICKLE_BYTES = 4_096;
  private static final long TRICKLE_MILLIS = 50;

  private final Vertx vertx;
  private final NetServer server;
  private volatile Mode mode = Mode.PASS;
  private volatile int target;

  /** What becomes of what passes. */
  public enum Mode {
    /** It passes. */
    PASS,
    /** The server's answers vanish, and the connection stays open. */
    DEAF,
    /** The first answer cuts its connection, and nobody gets to read it. */
    CUT,
    /** Nothing passes, in neither direction; connections open and stay open. */
    BLACK_HOLE,
    /** New connections are closed at once, and the others with the next byte. */
    REFUSE,
    /** Answers come 200 ms later. */
    DELAY,
    /** Answers come at 80 KiB a second on each connection. */
    TRICKLE,
    /** One bit of every answer is flipped. */
    CORRUPT
  }

  private Relay(Vertx vertx, NetServer server, int target) {
    this.vertx = vertx;
    this.server = server;
    this.target = target;
  }

  /** A relay to that server. */
  public static Relay start(Vertx vertx, String host, int port) throws TimeoutException {
    NetServer server = vertx.createNetServer();
    Relay relay = new Relay(vertx, server, port);
    server
        .connectHandler(
            client -> {
              if (relay.mode == Mode.REFUSE) {
                client.close();
                return;
              }
              client.pause();
              vertx
                  .createNetClient()
                  .connect(relay.target, host)
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

  /** New connections go to that port from now on. */
  public void to(int port) {
    target = port;
  }

  /** Says what becomes of what passes from now on. */
  public void mode(Mode value) {
    mode = value;
  }

  private void join(NetSocket client, NetSocket target) {
    client
        .handler(
            request -> {
              if (mode == Mode.REFUSE) {
                client.close();
              } else if (mode != Mode.BLACK_HOLE) {
                target.write(request);
              }
            })
        .closeHandler(v -> target.close());
    target.handler(answer -> pass(client, target, answer)).closeHandler(v -> client.close());
    client.resume();
  }

  private void pass(NetSocket client, NetSocket target, Buffer answer) {
    switch (mode) {
      case PASS -> client.write(answer);
      case DEAF, BLACK_HOLE -> {}
      case CUT, REFUSE -> {
        client.close();
        target.close();
      }
      case DELAY -> {
        target.pause();
        vertx.setTimer(DELAY_MILLIS, timer -> written(client, target, answer));
      }
      case TRICKLE -> {
        target.pause();
        trickle(client, target, answer);
      }
      case CORRUPT -> client.write(answer.copy().setByte(0, (byte) (answer.getByte(0) ^ 1)));
    }
  }

  private void trickle(NetSocket client, NetSocket target, Buffer rest) {
    if (rest.length() <= TRICKLE_BYTES) {
      written(client, target, rest);
      return;
    }
    client.write(rest.slice(0, TRICKLE_BYTES));
    vertx.setTimer(
        TRICKLE_MILLIS, timer -> trickle(client, target, rest.slice(TRICKLE_BYTES, rest.length())));
  }

  private static void written(NetSocket client, NetSocket target, Buffer answer) {
    client.write(answer);
    target.resume();
  }

  @Override
  public void close() throws TimeoutException {
    Future<Void> closed = server.close();
    closed.await(10, TimeUnit.SECONDS);
  }
}
