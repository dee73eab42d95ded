package io.fanfare.database;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a pooled connection whose server says nothing for too long after it was sent something.
 * Every statement of a pool has a {@code statement_timeout}, so a server that can be reached has
 * answered by then. The client has no such limit: what was sent into a connection that is silently
 * dead, as after a change of a firewall, would wait until the kernel gives up, a quarter of an
 * hour, and keep its place in the pool.
 *
 * <p>Who waits on the connection is told that it was closed, as if the server had done so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // who wrote has the promise; the rest is Netty's
final class SilenceGuard extends ChannelDuplexHandler {
  private final long limitNanos;
  private long askedNanos;
  private boolean asked;
  private boolean watching;

  private SilenceGuard(Duration limit) {
    this.limitNanos = limit.toNanos();
  }

  /** Guards a connection that has just been made for a pool. */
  static void guard(SqlConnection connection, Duration limit) {
    if (connection instanceof SqlConnectionInternal internal
        && internal.unwrap().unwrap() instanceof SocketConnectionBase socket) {
      socket.socket().channelHandlerContext().pipeline().addFirst(new SilenceGuard(limit));
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!asked) {
      asked = true;
      askedNanos = System.nanoTime();
      watch(context, limitNanos);
    }
    context.write(message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    asked = false;
    context.fireChannelRead(message);
  }

  /** One timer at a time, however many statements come by meanwhile. */
  private void watch(ChannelHandlerContext context, long nanos) {
    if (!watching) {
      watching = true;
      context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look(ChannelHandlerContext context) {
    watching = false;
    long silent = System.nanoTime() - askedNanos;
    if (!asked) {
      return;
    }
    if (silent >= limitNanos) {
      context.close();
    } else {
      watch(context, limitNanos - silent);
    }
  }
}
