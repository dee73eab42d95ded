package io.fanfare.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Calls at a fixed rate, whatever became of the calls before: a slow answer delays no later call,
 * and each is timed from the moment at which it was due. So what a service holds up is counted for
 * everybody whom it would have held up (no coordinated omission).
 */
final class OpenLoop {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long HIGHEST_NANOS = 600 * NANOS_PER_SECOND;

  private final Context context;
  private final int perSecond;
  private final int calls;
  private final Call call;
  private final Histogram nanos = new Histogram(HIGHEST_NANOS, 3);
  private final Promise<Result> done = Promise.promise();
  private int ended;
  private int failed;

  /** What is called. */
  interface Call {
    /**
     * Starts the call; completes with whether it went well.
     *
     * @param dueNanos when it was due, on the clock of {@link System#nanoTime}, which is one for
     *     all processes of a Linux machine
     */
    Future<Boolean> start(int number, long dueNanos);
  }

  /** Times from due to done of all calls, and how many went wrong. */
  record Result(Histogram nanos, int failed) {}

  /**
   * @param context on which calls are started and their ends counted
   */
  OpenLoop(Context context, int perSecond, int calls, Call call) {
    this.context = context;
    this.perSecond = perSecond;
    this.calls = calls;
    this.call = call;
  }

  /** Starts the first call now; completes when the last has ended. */
  Future<Result> run() {
    Thread pacer = new Thread(this::pace, "bench-pacer");
    pacer.setDaemon(true);
    pacer.start();
    return done.future();
  }

  private void pace() {
    long begin = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      int number = i;
      long due = begin + number * NANOS_PER_SECOND / perSecond;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      context.runOnContext(v -> start(number, due));
    }
  }

  private void start(int number, long due) {
    call.start(number, due)
        .onComplete(
            (well, failure) -> {
              nanos.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - due));
              if (well == null || !well) {
                failed++;
              }
              if (++ended == calls) {
                done.complete(new Result(nanos, failed));
              }
            });
  }
}
