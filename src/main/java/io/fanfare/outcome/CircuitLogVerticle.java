package io.fanfare.outcome;

import io.fanfare.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down when circuits changed, for people who look back. It is apart from the outcomes, which
 * hold what a restart needs: the last moments before a crash may be missing here, and where the
 * database is away for long, the oldest changes are.
 */
public final class CircuitLogVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CircuitLogVerticle.class);
  private static final int QUEUE_MAX = 10_000;
  private static final int BATCH_MAX = 1_000;
  private static final long GATHER_MILLIS = 100;
  private static final long RETRY_MILLIS = 1_000;
  private static final int LAST_TRIES = 3;

  // A statement that failed may have been committed; written again it changes nothing.
  private static final String INSERT =
      """
      insert into circuit_change (webhook, id, state, failures, probe_at)
      select * from unnest($1::int4[], $2::uuid[], $3::text[], $4::int4[], $5::timestamptz[])
      on conflict do nothing
      """;

  private final Pool pool;
  private final ArrayDeque<CircuitChange> queue = new ArrayDeque<>();
  private boolean scheduled;
  private int triesLeft = LAST_TRIES;
  private @Nullable Promise<Void> stopping;

  /**
   * @param pool for work that may wait
   */
  public CircuitLogVerticle(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().<CircuitChange>localConsumer(Addresses.CIRCUIT_CHANGED, this::onChange);
    return Future.succeededFuture();
  }

  /** Writes what is left, and gives up where the database is away. */
  @Override
  public Future<?> stop() {
    if (queue.isEmpty() && !scheduled) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    stopping = promise;
    return promise.future();
  }

  private void onChange(Message<CircuitChange> message) {
    if (queue.size() >= QUEUE_MAX) {
      queue.removeFirst();
    }
    queue.add(message.body());
    schedule(GATHER_MILLIS);
  }

  private void schedule(long millis) {
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(millis, tick -> write());
    }
  }

  private void write() {
    List<CircuitChange> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < BATCH_MAX) {
      batch.add(queue.removeFirst());
    }
    if (batch.isEmpty()) {
      written();
      return;
    }
    pool.preparedQuery(INSERT)
        .execute(parameters(batch))
        .onSuccess(done -> written())
        .onFailure(failure -> failed(batch, failure));
  }

  private void written() {
    scheduled = false;
    if (!queue.isEmpty()) {
      schedule(GATHER_MILLIS);
    } else if (stopping != null) {
      stopping.complete();
    }
  }

  private void failed(List<CircuitChange> batch, Throwable failure) {
    LOG.warn("{} changes of circuits are not written yet: {}", batch.size(), failure.toString());
    for (int i = batch.size() - 1; i >= 0 && queue.size() < QUEUE_MAX; i--) {
      queue.addFirst(batch.get(i));
    }
    scheduled = false;
    if (stopping != null && --triesLeft == 0) {
      stopping.complete();
    } else {
      schedule(RETRY_MILLIS);
    }
  }

  private static Tuple parameters(List<CircuitChange> batch) {
    return Tuple.of(
        batch.stream().map(CircuitChange::webhook).toArray(Integer[]::new),
        batch.stream().map(CircuitChange::id).toArray(UUID[]::new),
        batch.stream().map(change -> change.circuit().state()).toArray(String[]::new),
        batch.stream().map(change -> change.circuit().failures()).toArray(Integer[]::new),
        batch.stream().map(CircuitLogVerticle::probeAt).toArray(OffsetDateTime[]::new));
  }

  private static @Nullable OffsetDateTime probeAt(CircuitChange change) {
    var probeAt = change.circuit().probeAt();
    return probeAt == null ? null : probeAt.atOffset(ZoneOffset.UTC);
  }
}
