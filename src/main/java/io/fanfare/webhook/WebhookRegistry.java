package io.fanfare.webhook;

import io.fanfare.failpoint.Failpoint;
import io.fanfare.webhook.WebhookStore.Change;
import io.fanfare.webhook.WebhookStore.Changed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes webhooks in the one order that loses nothing: the database first, then the index, then
 * the delivery room; a deletion leaves the index first. Thread-safe.
 *
 * <pre>
 * create, update:  commit ─► index ─► delivery room ─► answer
 * delete:          index ─► delivery room ─► commit ─► answer, and the end of what waits
 * </pre>
 */
public final class WebhookRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookRegistry.class);

  private static final Duration WRITE_LIMIT = Duration.ofSeconds(8);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final int LOOKS_MAX = 120;

  private final Vertx vertx;
  private final WebhookIndex index;
  private final WebhookStore store;
  private final WebhookLifecycle lifecycle;
  private final Clock clock;

  public WebhookRegistry(
      Vertx vertx,
      WebhookIndex index,
      WebhookStore store,
      WebhookLifecycle lifecycle,
      Clock clock) {
    this.vertx = vertx;
    this.index = index;
    this.store = store;
    this.lifecycle = lifecycle;
    this.clock = clock;
  }

  /** What is stored; lists and single webhooks are read from it. */
  public WebhookStore store() {
    return store;
  }

  /** The webhook of an id as deliveries use it; empty where there is none. */
  public Optional<Webhook> find(UUID id) {
    return index.byId(id);
  }

  /** The present moment as it is stored. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Adds a webhook; events that are accepted after the future has ended match it. */
  public Future<Webhook> create(Webhook webhook) {
    return written(webhook.id(), store.insert(webhook)).onSuccess(index::put);
  }

  /**
   * Changes a webhook; events that are accepted after the future has ended match it as it is then.
   *
   * @param change what to make of the present one; null for nothing; what it throws fails the
   *     future
   * @return empty where there is no such webhook
   */
  public Future<Optional<Webhook>> update(UUID id, Function<Webhook, @Nullable Change> change) {
    return written(id, store.update(id, change))
        .compose(
            changed ->
                changed.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : taken(changed.get()).map(taken -> Optional.of(changed.get().after())));
  }

  /**
   * The receiver of a webhook answered 410: makes it inactive, unless it has another URL by now.
   *
   * @param webhook as it was when the attempt was made
   * @return the webhook after the change; empty where nothing was changed
   */
  public Future<Optional<Webhook>> setInactiveGone(Webhook webhook) {
    return written(webhook.id(), store.setInactiveGone(webhook, now()))
        .compose(
            after ->
                after.isEmpty()
                    ? Future.succeededFuture(after)
                    : taken(new Changed(webhook, after.get(), false)).map(after));
  }

  /**
   * Deletes a webhook; once the future has ended, no new attempt of it starts. Where it fails, the
   * webhook gets no events any more and the deletion can be repeated.
   *
   * @return when it was deleted; empty where there is no such webhook
   */
  public Future<Optional<Instant>> delete(Webhook webhook) {
    index.remove(webhook.number());
    return lifecycle
        .deleted(webhook)
        .compose(
            quiet -> {
              Instant now = now();
              Failpoint.WEBHOOK_DELETE_MID.hit();
              return limited(store.markDeleted(webhook.id(), now))
                  // Not before: where the mark fails, the webhook lives on after a restart, and
                  // what waits for it must be there.
                  .onSuccess(marked -> lifecycle.marked(webhook))
                  .map(marked -> marked ? Optional.of(now) : Optional.empty());
            });
  }

  private Future<Void> taken(Changed changed) {
    boolean newest = index.put(changed.after());
    boolean known = index.byNumber(changed.after().number()) != null;
    // A newer version came first: what this one did to the circuit, and whether it made the webhook
    // active, nobody else tells the delivery room, which looks into the index for all the rest.
    boolean tells = changed.closeCircuit() || changed.before().active() != changed.after().active();
    if (!known || (!newest && !tells)) {
      return Future.succeededFuture();
    }
    // It is committed, and the next attempt reads the index: a deaf delivery room is no reason to
    // tell the client that nothing was changed.
    return lifecycle
        .changed(changed.before(), changed.after(), changed.closeCircuit())
        .onFailure(
            e -> LOG.warn("a change of {} was not passed on: {}", changed.after(), e.toString()))
        .otherwiseEmpty();
  }

  private static <T> Future<T> limited(Future<T> write) {
    return write.timeout(WRITE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private <T> Future<T> written(UUID id, Future<T> write) {
    return limited(write)
        .onFailure(
            e -> {
              if (e instanceof VertxException
                  || e instanceof TimeoutException
                  || e instanceof IOException) {
                lookLater(id, LOOKS_MAX);
              }
            });
  }

  /**
   * A write that failed may have been committed all the same, when its answer got lost: the index
   * must not stay behind the database.
   */
  private void lookLater(UUID id, int looks) {
    vertx.setTimer(
        LOOK_AGAIN.toMillis(),
        later ->
            store
                .find(id)
                .onSuccess(found -> found.ifPresent(this::takeUp))
                .onFailure(
                    e -> {
                      if (looks > 1) {
                        lookLater(id, looks - 1);
                      }
                    }));
  }

  private void takeUp(Webhook stored) {
    Webhook before = index.byNumber(stored.number());
    if (index.put(stored) && before != null) {
      lifecycle
          .changed(before, stored, false)
          .onFailure(e -> LOG.warn("a change of {} was not passed on: {}", stored, e.toString()));
    }
  }
}
