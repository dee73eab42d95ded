package io.fanfare;

import io.fanfare.live.BacklogReader;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Measures what nobody counts on the way: whether the database answers, what is pending, and how
 * late the event loops are.
 */
final class MetricsVerticle extends VerticleBase {
  private static final long PING_MILLIS = 5_000;
  private static final long PING_LIMIT_MILLIS = 2_000;
  private static final long PENDING_MILLIS = 10_000;
  private static final double MILLIS_PER_SECOND = 1_000;
  private static final int TURNS = 4;

  private final FanfareMetrics metrics;
  private final Pool pool;
  private final BacklogReader backlog;
  private final int loops;
  private final Timer ping;
  private final List<LoopLag> lags = new ArrayList<>();
  private boolean pinging;
  private boolean reading;
  // Read by whoever scrapes.
  private volatile int up = 1;
  private volatile double pending = Double.NaN;
  private volatile double oldestSeconds = Double.NaN;

  /**
   * @param pool for work that may wait
   * @param loops how many event loops there are
   */
  MetricsVerticle(FanfareMetrics metrics, Pool pool, BacklogReader backlog, int loops) {
    this.metrics = metrics;
    this.pool = pool;
    this.backlog = backlog;
    this.loops = loops;
    this.ping = metrics.timer(FanfareMetrics.DATABASE_PING, "A round trip to PostgreSQL");
  }

  @Override
  public Future<?> start() {
    metrics.gauge(FanfareMetrics.DATABASE_UP, "1 while PostgreSQL answers", () -> up);
    metrics.gauge(
        FanfareMetrics.DELIVERIES_PENDING, "Deliveries accepted and not ended", () -> pending);
    metrics.gauge(
        FanfareMetrics.DELIVERIES_PENDING_OLDEST,
        "Age of the oldest pending delivery; 0 where none is",
        () -> oldestSeconds);
    watchLoops();
    vertx.setPeriodic(PING_MILLIS, tick -> ping());
    vertx.setPeriodic(PENDING_MILLIS, tick -> readPending());
    readPending();
    return Future.succeededFuture();
  }

  /** New contexts take the loops in turn; others may take turns in between. */
  private void watchLoops() {
    Set<Object> watched = new HashSet<>();
    for (int turn = 0; turn < TURNS * loops && watched.size() < loops; turn++) {
      ContextInternal loop = ((VertxInternal) vertx).createEventLoopContext();
      if (watched.add(loop.nettyEventLoop())) {
        LoopLag lag = new LoopLag(vertx, loop, System::nanoTime);
        lags.add(lag);
        metrics.gauge(
            FanfareMetrics.LOOP_LAG,
            "How late an event loop was at the worst within ten seconds",
            "loop",
            String.valueOf(watched.size()),
            lag::worstSeconds);
      }
    }
  }

  @Override
  public Future<?> stop() {
    lags.forEach(LoopLag::stop);
    return Future.succeededFuture();
  }

  private void ping() {
    if (pinging) {
      return;
    }
    pinging = true;
    long begin = System.nanoTime();
    pool.query("select 1")
        .execute()
        .timeout(PING_LIMIT_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            done -> {
              pinging = false;
              up = done.succeeded() ? 1 : 0;
              if (done.succeeded()) {
                ping.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
              }
            });
  }

  private void readPending() {
    if (reading) {
      return;
    }
    reading = true;
    backlog
        .read(null)
        .onComplete(
            (read, failure) -> {
              reading = false;
              // What is not known must not look like nothing.
              pending = read == null ? Double.NaN : read.deliveries();
              Long oldest = read == null ? null : read.oldestMillis();
              oldestSeconds =
                  read == null ? Double.NaN : oldest == null ? 0 : oldest / MILLIS_PER_SECOND;
            });
  }
}
