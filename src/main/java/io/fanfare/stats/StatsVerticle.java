package io.fanfare.stats;

import io.fanfare.database.Deadline;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds what flushes changed into the counters: now and then, and whenever a reader asks, so that
 * readers see exact counts. One is deployed in a process, with {@link #options}.
 *
 * <pre>
 *   idle ──request or interval──► folding ──done, nobody asked meanwhile──► idle
 *                                   ▲   │
 *                                   └───┘ done, somebody asked meanwhile: once more, for all of them
 * </pre>
 */
public final class StatsVerticle extends VerticleBase {
  /**
   * Address of requests to fold now. The body does not matter; the reply comes when everything is
   * folded that was committed before the request, and its failure is that of the database.
   */
  public static final String SETTLE = "fanfare.stats.settle";

  private static final Logger LOG = LoggerFactory.getLogger(StatsVerticle.class);

  private static final Duration FORGET_INTERVAL = Duration.ofHours(1);

  /** A fold that took longer than this share of the interval is not followed by one at once. */
  private static final int SHARE = 10;

  /** Most intervals that are passed over: what a reader then waits for is still one fold. */
  private static final int PASSED_OVER_MAX = 2;

  /** Far more than a day's partition leaves behind in an hour. */
  private static final int FORGOTTEN_MAX = 50_000;

  /** A database that went silent must not keep later folds from trying again. */
  private static final Duration FOLD_LIMIT = Duration.ofSeconds(10);

  /** No HTTP status: whoever asked for more than counts knows better what to answer. */
  private static final int FAILED = 0;

  private final Pool pool;
  private final Duration interval;
  private final StatsStore store = new StatsStore();
  private final FoldSize size = new FoldSize(Duration.ofSeconds(1), Duration.ofSeconds(3));
  // Those who asked during the present fold, and wait for the next one.
  private List<Message<Object>> waiting = new ArrayList<>();
  private @Nullable Promise<Void> folding;
  private long passOver;

  /**
   * @param pool for work that may wait
   * @param interval between folds that nobody asked for
   */
  public StatsVerticle(Pool pool, Duration interval) {
    this.pool = pool;
    this.interval = interval;
  }

  /** A worker thread: adding up thousands of deliveries would hold up an event loop. */
  public static DeploymentOptions options() {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(
        interval.toMillis(),
        timer -> {
          if (passOver > 0) {
            passOver--;
          } else if (folding == null) {
            fold();
          }
        });
    vertx.setPeriodic(
        FORGET_INTERVAL.toMillis(),
        timer ->
            store
                .forget(pool, FORGOTTEN_MAX)
                .onFailure(e -> LOG.warn("Old counters are deleted the next time", e)));
    return vertx.eventBus().<Object>localConsumer(SETTLE, this::settle).completion();
  }

  @Override
  public Future<?> stop() {
    return folding == null ? Future.succeededFuture() : folding.future().otherwiseEmpty();
  }

  private void settle(Message<Object> request) {
    waiting.add(request);
    if (folding == null) {
      fold();
    }
  }

  /**
   * Where thousands of webhooks are busy a fold is dear, because it writes some rows for each of
   * them; fewer and larger folds write fewer.
   */
  private void passOverAfter(long millis) {
    long wanted = Math.min(PASSED_OVER_MAX, millis * SHARE / interval.toMillis());
    passOver = Math.max(passOver, wanted);
  }

  private void fold() {
    folding = Promise.promise();
    List<Message<Object>> served = waiting;
    waiting = new ArrayList<>();
    foldFor(served);
  }

  /** One transaction; and another one after it where there may be more to fold. */
  private void foldFor(List<Message<Object>> served) {
    long begin = System.nanoTime();
    Deadline.run(pool, FOLD_LIMIT, this::foldOnce)
        .onComplete(
            folded -> {
              long millis = (System.nanoTime() - begin) / 1_000_000;
              size.took(millis, folded.more());
              passOverAfter(millis);
              if (!folded.more()) {
                served.forEach(request -> request.reply(""));
                end();
              } else {
                foldFor(served);
              }
            },
            failure -> {
              size.failed();
              LOG.warn(
                  "Counts are not folded yet, they wait for the next time: {}", failure.toString());
              served.forEach(
                  request -> request.fail(FAILED, "counts are not available; try again later"));
              end();
            });
  }

  private Future<StatsStore.Folded> foldOnce(SqlConnection connection) {
    return connection
        .begin()
        .compose(
            transaction ->
                store
                    .fold(connection, FoldSize.FLUSHES_MAX, size.changes())
                    .compose(folded -> transaction.commit().map(folded))
                    .recover(
                        e -> transaction.rollback().transform(undone -> Future.failedFuture(e))));
  }

  private void end() {
    Promise<Void> ended = folding;
    folding = null;
    if (!waiting.isEmpty()) {
      fold();
    }
    if (ended != null) {
      ended.complete();
    }
  }
}
