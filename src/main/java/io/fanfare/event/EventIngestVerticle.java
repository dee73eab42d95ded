package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.IngestConfig;
import io.fanfare.id.IdGenerator;
import io.fanfare.trace.Trace;
import io.fanfare.trace.Tracing;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Accepts events, whoever publishes them: the REST handlers and other verticles send to one
 * address, and each request is answered after the commit that holds its events and their
 * deliveries, never before.
 *
 * <p>Batches form by themselves: while one flush is on its way the next one fills. A free writer
 * waits for as many requests as it has just answered, because their publishers are likely to go on:
 * it doubles the flushes of many publishers with one request each, and a lone publisher never
 * waits. It waits no longer than its last commit took, so that it adds little on a quiet machine,
 * and fills its flushes on a busy one. One verticle per event loop, each with a connection of its
 * own.
 *
 * <pre>
 * request ─► queue ─► Flush (match, ids, permits) ─► FlushCommit ─┬─► answers
 *                                                                ├─► HandOver to the supervisors
 *                                                                └─► Waiting to the schedule (what was spilled)
 * </pre>
 */
public final class EventIngestVerticle extends VerticleBase {
  // From here on the rows of a flush cost more than its statement, which costs as much as ten.
  private static final int MANY = 16;

  private final int number;
  private final IngestConfig config;
  private final IdGenerator ids;
  private final OpenSet openSet;
  private final WebhookIndex index;
  private final Windows windows;
  private final HeldBytes uncommitted;
  private final FlushCommit commit;
  private final FlushHandOver handOver;
  private final Clock clock;
  private final Tracing tracing;
  private final IngestListener listener;

  private final ArrayDeque<Flush.Item> queue = new ArrayDeque<>();
  private final List<Promise<Void>> barriers = new ArrayList<>();
  private boolean flushing;
  // The timer that ends the wait for more requests, or none.
  private long lingering = -1;
  private int expected;
  private long commitNanos;
  private boolean draining;
  // The database does not even tell what it has committed: whoever comes now need not wait for it.
  private boolean silent;

  /** What other rooms want to know of each flush; the metrics listen. */
  public interface IngestListener {
    /** A flush is committed. */
    void flushed(int events, int deliveries, long nanos);
  }

  /**
   * @param number index among the ingest verticles
   * @param uncommitted budget shared by all of them
   * @param tracing says which requests are recorded
   */
  public EventIngestVerticle(
      int number,
      IngestConfig config,
      IdGenerator ids,
      OpenSet openSet,
      WebhookIndex index,
      Windows windows,
      HeldBytes uncommitted,
      FlushCommit commit,
      FlushHandOver handOver,
      Clock clock,
      Tracing tracing,
      IngestListener listener) {
    this.number = number;
    this.config = config;
    this.ids = ids;
    this.openSet = openSet;
    this.index = index;
    this.windows = windows;
    this.uncommitted = uncommitted;
    this.commit = commit;
    this.handOver = handOver;
    this.clock = clock;
    this.tracing = tracing;
    this.listener = listener;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().<Void>localConsumer(Addresses.ingestBarrier(number), this::onBarrier);
    // Not local: other processes of a cluster publish here too.
    vertx.eventBus().consumer(Addresses.PUBLISH, this::onRequest);
    return Future.succeededFuture();
  }

  /** Refuses new requests and waits for what was accepted before. */
  @Override
  public Future<?> stop() {
    draining = true;
    return barrier();
  }

  private void onRequest(Message<Object> message) {
    PublishRequest request;
    boolean asJson = !(message.body() instanceof PublishRequest);
    try {
      request =
          message.body() instanceof PublishRequest typed
              ? typed
              : BusRequests.read(
                  message.body(),
                  message.headers().get("idempotency-key"),
                  Trace.parse(message.headers().get(Trace.HEADER)),
                  config.eventDataBytesMax());
    } catch (PublishException e) {
      message.fail(e.failureCode(), e.getMessage());
      return;
    }
    follow(
        request,
        answer -> {
          if (answer.failed()) {
            PublishException failure =
                answer.cause() instanceof PublishException known
                    ? known
                    : PublishException.internal();
            message.fail(failure.failureCode(), failure.getMessage());
          } else if (asJson) {
            message.reply(answer.result().json());
          } else {
            message.reply(answer.result(), LocalCodec.OPTIONS);
          }
        });
  }

  /** Accepts the request, and records what becomes of it where that is wanted. */
  private void follow(PublishRequest request, Handler<AsyncResult<Published>> reply) {
    Trace from = request.trace();
    Trace trace = tracing.isOn() ? tracing.join(from) : null;
    if (trace == null || !trace.sampled()) {
      accept(request, reply, null);
      return;
    }
    PublishSpan span = PublishSpan.begin(tracing, from, trace, clock);
    accept(
        request.within(trace),
        answer -> {
          span.answered(answer);
          reply.handle(answer);
        },
        span);
  }

  private void accept(
      PublishRequest request, Handler<AsyncResult<Published>> reply, @Nullable PublishSpan span) {
    if (draining) {
      reply.handle(
          Future.failedFuture(
              PublishException.unavailable("the service is shutting down; publish again soon")));
      return;
    }
    if (silent) {
      reply.handle(Future.failedFuture(silence()));
      return;
    }
    long bytes = request.bytes();
    if (!uncommitted.tryAdd(bytes)) {
      reply.handle(
          Future.failedFuture(
              PublishException.unavailable(
                  "too much is waiting to be committed; publish again in a moment")));
      return;
    }
    queue.add(
        new Flush.Item(
            request,
            once(
                answer -> {
                  uncommitted.add(-bytes);
                  reply.handle(answer);
                }),
            span));
    pump();
  }

  /** A request that was told 503 for want of news is not answered again when they come. */
  private static <T> Handler<T> once(Handler<T> reply) {
    AtomicBoolean answered = new AtomicBoolean();
    return answer -> {
      if (answered.compareAndSet(false, true)) {
        reply.handle(answer);
      }
    };
  }

  private void onSilence() {
    silent = true;
    for (Flush.Item item = queue.poll(); item != null; item = queue.poll()) {
      item.reply().handle(Future.failedFuture(silence()));
    }
  }

  private static PublishException silence() {
    return PublishException.unavailable("the database does not answer; publish again in a moment");
  }

  private void pump() {
    if (flushing) {
      return;
    }
    if (lingering >= 0) {
      if (queue.size() >= expected || !barriers.isEmpty()) {
        vertx.cancelTimer(lingering);
        lingering = -1;
        flush();
      }
      return;
    }
    if (queue.isEmpty()) {
      barriers.forEach(Promise::complete);
      barriers.clear();
      return;
    }
    if (config.linger().isZero() || !barriers.isEmpty() || queue.size() >= expected) {
      flush();
    } else {
      lingering =
          vertx.setTimer(
              lingerMillis(),
              timer -> {
                lingering = -1;
                flush();
              });
    }
  }

  /**
   * How many requests a flush is worth waiting for. When there are many publishers, those who came
   * during the last commit wait for those whom it answers: else they would take turns for ever, in
   * flushes of half the size. Half of the largest flush is full enough: more would gain little.
   */
  private int expectedAfter(int answered) {
    int all = answered < MANY ? answered : answered + queue.size();
    return Math.min(all, config.batchEventsMax() / 2);
  }

  private long lingerMillis() {
    long nanos = Math.min(commitNanos, config.linger().toNanos());
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private void flush() {
    Flush flush = next();
    int requests = flush.items().size();
    expected = 0;
    if (flush.isEmpty()) {
      // Every request was refused while it was matched.
      flush.abandoned();
      pump();
      return;
    }
    flushing = true;
    long begin = System.nanoTime();
    int events = flush.eventCount();
    int deliveries = flush.deliveryCount();
    if (tracing.isOn()) {
      flush.committing();
    }
    commit
        .run(flush, this::onSilence)
        .onComplete(
            done -> {
              flushing = false;
              silent = false;
              expected = expectedAfter(requests);
              if (done.succeeded()) {
                commitNanos = System.nanoTime() - begin;
                listener.flushed(events, deliveries, commitNanos);
              }
              for (FlushCommit.Committed committed : commit.takeCommitted()) {
                handOver.handOver(committed);
              }
              pump();
            });
  }

  private Flush next() {
    Flush flush = new Flush(openSet, ids, index, windows, clock);
    for (Flush.Item item = queue.peek(); item != null; item = queue.peek()) {
      boolean full =
          flush.eventCount() + item.request().events().size() > config.batchEventsMax()
              || flush.bytes() + item.request().bytes() > config.batchBytesMax()
              || flush.deliveryCount() >= config.deliveriesPerStatementMax();
      if (!flush.isEmpty() && (full || flush.hasKeyOf(item.request()))) {
        break;
      }
      queue.remove();
      try {
        flush.add(item, config.deliveriesPerEventMax());
      } catch (PublishException e) {
        item.reply().handle(Future.failedFuture(e));
      }
    }
    flush.seal();
    return flush;
  }

  private void onBarrier(Message<Void> message) {
    barrier().onComplete(done -> message.reply(null));
  }

  /** Completes when all that was accepted before is committed or refused. */
  private Future<Void> barrier() {
    if (!flushing && queue.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    barriers.add(promise);
    pump();
    return promise.future();
  }
}
