package io.fanfare;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late an event loop is: a timer of its own that should fire a few times a second, and the
 * worst delay of the last ten seconds. Costs a loop next to nothing.
 */
final class LoopLag {
  private static final long PERIOD_MILLIS = 250;
  private static final int KEPT = 40;

  private final Vertx vertx;
  private final LongSupplier nanos;
  // Used on the loop only.
  private final long[] late = new long[KEPT];
  private int next;
  private long due;
  private volatile long timer = -1;
  private volatile long worst;

  LoopLag(Vertx vertx, Context loop, LongSupplier nanos) {
    this.vertx = vertx;
    this.nanos = nanos;
    loop.runOnContext(v -> schedule());
  }

  private void schedule() {
    due = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    timer = vertx.setTimer(PERIOD_MILLIS, tick -> tick());
  }

  private void tick() {
    late[next] = Math.max(0, nanos.getAsLong() - due);
    next = (next + 1) % KEPT;
    long most = 0;
    for (long one : late) {
      most = Math.max(most, one);
    }
    worst = most;
    schedule();
  }

  /** The worst delay of the last ten seconds. */
  double worstSeconds() {
    return worst / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** Ends it. */
  void stop() {
    vertx.cancelTimer(timer);
  }
}
