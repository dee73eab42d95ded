package io.fanfare.event;

import io.fanfare.database.FateUnknownException;
import io.fanfare.database.Partitions;
import io.fanfare.database.Writer;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a flush and answers its requests, whatever happens on the way.
 *
 * <pre>
 *                 ┌──────────── retry (deadlock, no partition yet) ◄─┐
 *                 ▼                                                  │
 *  flush ─► insert ─┬─ committed ──────────────────────────► answers │
 *                   ├─ refused for a value: split, one request each ─┤
 *                   ├─ fate unknown: end its backend, look ──────────┤
 *                   │        └─ the database is silent: 503, and go on looking
 *                   └─ database away, or disk full ─► 503, nothing was accepted
 * </pre>
 *
 * One per ingest verticle, used from its context only.
 */
public final class FlushCommit {
  private static final Logger LOG = LoggerFactory.getLogger(FlushCommit.class);
  private static final int TRIES = 4;
  private static final long RETRY_MILLIS = 20;
  // A database that lives tells a fate within some round trips.
  private static final long PATIENCE_MILLIS = 1_000;

  private final Vertx vertx;
  private final IngestStore store;
  private final Writer writer;
  private final Pool lookups;
  private final Supplier<Future<Void>> missingPartitions;
  private final int chunk;
  private final long keyTtlMillis;
  private final List<Committed> committed = new ArrayList<>();
  private Runnable onSilence = () -> {};

  /** What a commit leaves to do: deliveries in memory, and those that wait in the database. */
  record Committed(List<Delivery> direct, List<Flush.Target> spilled) {}

  /**
   * @param lookups for asking whether a flush was committed
   * @param missingPartitions makes the partitions that a flush of now needs
   * @param chunk most deliveries of one statement
   */
  public FlushCommit(
      Vertx vertx,
      Fence fence,
      Writer writer,
      Pool lookups,
      Supplier<Future<Void>> missingPartitions,
      int chunk,
      long keyTtlMillis) {
    this.vertx = vertx;
    this.store = new IngestStore(fence);
    this.writer = writer;
    this.lookups = lookups;
    this.missingPartitions = missingPartitions;
    this.chunk = chunk;
    this.keyTtlMillis = keyTtlMillis;
  }

  /**
   * Commits the flush and answers every request of it; fails only to tell that nothing was
   * committed.
   *
   * @param silence is run when the database does not even tell what it has committed; the flush
   *     goes on, although its requests are answered 503
   */
  Future<Void> run(Flush flush, Runnable silence) {
    onSilence = silence;
    return attempt(flush, 1);
  }

  /** What was committed since the last call; a split flush leaves several. */
  List<Committed> takeCommitted() {
    List<Committed> taken = List.copyOf(committed);
    committed.clear();
    return taken;
  }

  private Future<Void> attempt(Flush flush, int n) {
    return insert(flush)
        .transform(
            done -> {
              if (done.succeeded()) {
                succeeded(flush);
                return Future.succeededFuture();
              }
              return failed(flush, n, done.cause());
            });
  }

  private Future<Void> insert(Flush flush) {
    Failpoint.INGEST_BEFORE_COMMIT.hit();
    if (!flush.hasKeys() && flush.deliveryCount() <= chunk) {
      return store.insert(writer, flush);
    }
    List<Runnable> answers = new ArrayList<>();
    return writer
        .transaction(
            flush.deliveryCount() / chunk,
            connection ->
                store
                    .claimKeys(connection, flush, keyTtlMillis)
                    .compose(
                        known -> {
                          known.forEach(key -> answerKnown(flush, key, answers));
                          return store.insert(connection, flush, chunk);
                        }))
        // Whether it was committed or not: who used these keys first certainly was.
        .onComplete(ended -> answers.forEach(Runnable::run));
  }

  /**
   * Takes a request with a used key out of the flush; it is answered once the transaction has
   * ended.
   */
  private static void answerKnown(Flush flush, IngestStore.KnownKey known, List<Runnable> answers) {
    Flush.Item item = flush.remove(known.scope(), known.key());
    if (item == null || item.request().idempotency() == null) {
      return;
    }
    boolean same = Arrays.equals(item.request().idempotency().bodyHash(), known.bodyHash());
    Future<Published> answer =
        same
            ? Future.succeededFuture(Published.duplicate(known.answer()))
            : Future.failedFuture(PublishException.keyReused(known.key()));
    answers.add(() -> item.reply().handle(answer));
  }

  private void succeeded(Flush flush) {
    Failpoint.INGEST_AFTER_COMMIT.hit();
    List<Flush.Target> spilled = new ArrayList<>();
    for (Flush.Target target : flush.deliveries()) {
      if (target.spilled()) {
        spilled.add(target);
      }
    }
    committed.add(new Committed(flush.committed(), spilled));
    flush.answerAll((item, answer) -> item.reply().handle(Future.succeededFuture(answer)));
  }

  private Future<Void> failed(Flush flush, int n, Throwable failure) {
    if (failure instanceof FateUnknownException unknown) {
      return settled(flush, n, unknown);
    }
    if (Partitions.isMissing(failure)) {
      return missingPartitions
          .get()
          .transform(made -> again(flush, n, made.failed() ? made.cause() : failure));
    }
    if (failure instanceof PgException pg) {
      String state = pg.getSqlState();
      if (state.startsWith("40") || state.equals("55P03")) {
        return again(flush, n, failure);
      }
      if (state.startsWith("22") || state.startsWith("23")) {
        return split(flush, failure);
      }
    }
    return refuse(
        flush,
        PublishException.unavailable(
            "the database cannot take events now; publish again in a moment"),
        failure);
  }

  /**
   * Finds out whether the flush was committed, however long that takes: its ids may not be let go
   * before. Its publishers do not wait that long.
   */
  private Future<Void> settled(Flush flush, int n, FateUnknownException unknown) {
    AtomicBoolean answered = new AtomicBoolean();
    long patience =
        vertx.setTimer(
            PATIENCE_MILLIS,
            timer -> {
              answered.set(true);
              answerAll(
                  flush,
                  PublishException.unavailable(
                      "the database does not answer; publish again, with the same Idempotency-Key"
                          + " if you gave one"));
              onSilence.run();
            });
    return writer
        .settleFate(unknown)
        .compose(v -> writer.ask(() -> isCommitted(flush)))
        .compose(
            isCommitted -> {
              vertx.cancelTimer(patience);
              if (isCommitted) {
                succeeded(flush);
                return Future.succeededFuture();
              }
              return answered.get()
                  ? refuse(flush, PublishException.unavailable("the database was away"), unknown)
                  : again(flush, n, unknown);
            });
  }

  private Future<Void> again(Flush flush, int n, Throwable failure) {
    if (n >= TRIES) {
      return refuse(
          flush,
          PublishException.unavailable("the database is busy; publish again in a moment"),
          failure);
    }
    return vertx
        .timer(RETRY_MILLIS * n, TimeUnit.MILLISECONDS)
        .compose(tick -> attempt(flush, n + 1));
  }

  /**
   * One value failed the statement: commits each request by itself, so that only the guilty one is
   * refused.
   */
  private Future<Void> split(Flush flush, Throwable failure) {
    if (flush.items().size() == 1) {
      LOG.error("an event that passed every check was refused by the database", failure);
      return refuse(flush, PublishException.internal(), failure);
    }
    Future<Void> chain = Future.succeededFuture();
    for (Flush part : flush.split()) {
      chain = chain.compose(v -> attempt(part, 1).otherwiseEmpty());
    }
    return chain;
  }

  private Future<Boolean> isCommitted(Flush flush) {
    if (flush.events().isEmpty()) {
      return Future.succeededFuture(false);
    }
    return store.isCommitted(lookups, flush.events().get(0).event().id());
  }

  private static Future<Void> refuse(Flush flush, PublishException answer, Throwable cause) {
    if (answer.failureCode() == 503) {
      LOG.warn("a flush of {} events was refused: {}", flush.eventCount(), cause.toString());
    }
    flush.abandoned();
    answerAll(flush, answer);
    return Future.failedFuture(answer);
  }

  private static void answerAll(Flush flush, PublishException answer) {
    flush.items().forEach(item -> item.reply().handle(Future.failedFuture(answer)));
  }
}
