package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.database.FateUnknownException;
import io.fanfare.database.Writer;
import io.fanfare.event.BulkRedelivery.State;
import io.fanfare.event.BulkRedeliveryStore.Paged;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs redeliveries of many: page by page, each of one statement, those of several webhooks in
 * turn. It takes no more than half of a connection's time, because nobody waits for it. Where it
 * goes on stands in the database, so that a restart goes on there.
 *
 * <pre>
 *  start: those that run ─┐
 *  a new one ─────────────┴─► turns ─► page ─┬─ more ─► back to the end of the turns
 *                               ▲            └─ nothing left ─► done
 *                               └─(as long a pause as the page took)
 * </pre>
 */
public final class BulkRedeliveryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(BulkRedeliveryVerticle.class);

  /** Most deliveries looked at by one statement. */
  static final int PAGE_MAX = 500;

  private static final long RETRY_MILLIS = 500;

  private final BulkRedeliveryStore store;
  private final Writer writer;
  private final Fence fence;
  private final IdGenerator ids;
  private final WebhookIndex index;
  private final Clock clock;

  private final ArrayDeque<UUID> turns = new ArrayDeque<>();
  private boolean working;
  private boolean stopped;
  private @Nullable Promise<Void> ended;

  public BulkRedeliveryVerticle(
      BulkRedeliveryStore store,
      Writer writer,
      Fence fence,
      IdGenerator ids,
      WebhookIndex index,
      Clock clock) {
    this.store = store;
    this.writer = writer;
    this.fence = fence;
    this.ids = ids;
    this.index = index;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().<UUID>localConsumer(Addresses.BULK_REDELIVERY, this::onCreated);
    takeUp();
    return Future.succeededFuture();
  }

  /** Ends the page that is on its way; the rest goes on after a restart. */
  @Override
  public Future<?> stop() {
    stopped = true;
    if (!working) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    ended = promise;
    return promise.future();
  }

  private void takeUp() {
    store
        .running()
        .onSuccess(running -> running.forEach(job -> add(job.id())))
        .onFailure(
            failure -> {
              if (!stopped) {
                vertx.setTimer(RETRY_MILLIS, tick -> takeUp());
              }
            });
  }

  private void onCreated(Message<UUID> message) {
    add(message.body());
  }

  private void add(UUID job) {
    if (!turns.contains(job)) {
      turns.add(job);
    }
    work();
  }

  private void work() {
    if (working || stopped) {
      return;
    }
    UUID job = turns.poll();
    if (job == null) {
      return;
    }
    working = true;
    long begin = System.nanoTime();
    page(job)
        .onComplete(
            (more, failure) -> {
              if (failure != null) {
                failed(job, failure);
              } else {
                if (more) {
                  turns.add(job);
                }
                rest(Math.max(1, (System.nanoTime() - begin) / 1_000_000));
              }
            });
  }

  private void failed(UUID job, Throwable failure) {
    if (failure instanceof Fence.LostException) {
      stopped = true;
    } else {
      LOG.warn("a redelivery of many waits for the database: {}", failure.toString());
      turns.addFirst(job);
    }
    rest(RETRY_MILLIS);
  }

  private void rest(long millis) {
    if (ended != null) {
      ended.complete();
      return;
    }
    vertx.setTimer(
        millis,
        tick -> {
          working = false;
          if (ended != null) {
            ended.tryComplete();
          }
          work();
        });
  }

  /** One page; completes with whether there may be more. */
  private Future<Boolean> page(UUID id) {
    return store
        .find(id)
        .compose(
            found -> {
              if (found.isEmpty() || found.get().state() != State.RUNNING) {
                return Future.succeededFuture(false);
              }
              BulkRedelivery job = found.get();
              if (index.byNumber(job.webhook()) == null) {
                return store
                    .end(id, State.STOPPED, BulkRedelivery.WEBHOOK_DELETED)
                    .map(stoppedIt -> false);
              }
              if (!fence.isHeld()) {
                return Future.failedFuture("the right to deliver is in doubt");
              }
              return page(job);
            });
  }

  private Future<Boolean> page(BulkRedelivery job) {
    List<UUID> fresh = Stream.generate(ids::next).limit(PAGE_MAX).toList();
    long now = clock.millis();
    return store
        .page(writer, fence, job, fresh)
        .recover(
            failure ->
                failure instanceof FateUnknownException unknown
                    ? settled(unknown)
                    : Future.failedFuture(failure))
        .compose(
            paged -> {
              if (paged.made() > 0) {
                tellWaiting(job.webhook(), now);
              }
              return paged.seen() == 0 && !paged.moved()
                  ? store.end(job.id(), State.DONE, null).map(done -> false)
                  : Future.succeededFuture(true);
            });
  }

  /**
   * Where the page was committed, its place tells so, and nothing is made twice; the schedule must
   * hear of what was made all the same.
   */
  private Future<Paged> settled(FateUnknownException unknown) {
    return writer.settleFate(unknown).map(over -> new Paged(false, PAGE_MAX, PAGE_MAX));
  }

  private void tellWaiting(int webhook, long dueAtMillis) {
    vertx
        .eventBus()
        .send(
            Addresses.WAITING,
            new Waiting(new int[] {webhook}, new long[] {dueAtMillis}),
            LocalCodec.OPTIONS);
  }
}
