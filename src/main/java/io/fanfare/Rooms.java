package io.fanfare;

import io.fanfare.api.ApiServices;
import io.fanfare.api.ApiVerticle;
import io.fanfare.api.KeyStore;
import io.fanfare.api.ListenCheck;
import io.fanfare.api.ReadinessCheck;
import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.database.Retention;
import io.fanfare.database.RetentionVerticle;
import io.fanfare.delivery.Delivering;
import io.fanfare.delivery.Delivering.AttemptListener;
import io.fanfare.delivery.DeliveryLoops;
import io.fanfare.delivery.DeliverySupervisor;
import io.fanfare.delivery.Outcome;
import io.fanfare.delivery.Report;
import io.fanfare.event.BulkRedeliveryStore;
import io.fanfare.event.BulkRedeliveryVerticle;
import io.fanfare.event.Delivery;
import io.fanfare.event.EventIngestVerticle;
import io.fanfare.event.FlushCommit;
import io.fanfare.event.FlushHandOver;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.live.AttemptLogVerticle;
import io.fanfare.live.AttemptSpans;
import io.fanfare.outcome.CircuitChange;
import io.fanfare.outcome.CircuitLogVerticle;
import io.fanfare.outcome.OutcomeVerticle;
import io.fanfare.schedule.ScheduleVerticle;
import io.fanfare.stats.StatsVerticle;
import io.fanfare.trace.SpanExportVerticle;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms. They are opened against the flow, so that each finds the next one listening, and
 * closed with it, so that each can pass on what it has:
 *
 * <pre>
 *   api ─► event (ingest) ─► delivery (supervisors) ─► outcome ─► PostgreSQL
 *                 ▲                   ▲   │                          │
 *                bus                  └── schedule ◄─────────────────┘
 * </pre>
 */
final class Rooms {
  private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

  private final Shared shared;
  // In the order of opening; closed from the last to the first.
  private final Deque<String> deployments = new ArrayDeque<>();
  // Closed after all others: whoever comes while the service drains is told so.
  private final Deque<String> listeners = new ArrayDeque<>();
  private volatile boolean closing;

  Rooms(Shared shared) {
    this.shared = shared;
  }

  /** Opens every room. */
  Future<Void> open(Consumer<String> newAdminToken) {
    KeyStore keys =
        new KeyStore(shared.database.control(), shared.ids, new SecureRandom(), shared.clock);
    RoomGauges.register(shared);
    return shared
        .webhooks
        .store()
        .loadAll(shared.index::putAll)
        .onSuccess(loaded -> shared.circuits.load(shared.index.all()))
        .compose(v -> firstKey(keys, newAdminToken))
        .compose(v -> watchers())
        .compose(v -> deploy(new DeploymentOptions(), i -> circuitLog(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> outcomes(i), shared.loops))
        .compose(v -> deploy(new DeploymentOptions(), supervisors(), shared.loops))
        .compose(v -> deploy(StatsVerticle.options(), i -> stats(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> schedule(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> bulkRedelivery(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> retention(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> metricsVerticle(), 1))
        .compose(v -> deploy(new DeploymentOptions(), this::ingest, shared.loops))
        .compose(v -> listen(api(keys)).recover(this::notListening))
        .onSuccess(v -> shared.node.beatWith(shared.openSet::mark));
  }

  /** Opened first, so that they close when the last outcome is recorded. */
  private Future<Void> watchers() {
    Future<Void> opened = Future.succeededFuture();
    if (shared.tracing.isOn()) {
      shared.feed.watch(new AttemptSpans(shared.tracing));
      opened =
          deploy(
              SpanExportVerticle.options(),
              i -> new SpanExportVerticle(shared.config.tracing(), shared.spans, shared.metrics),
              1);
    }
    return shared.config.log().attempts()
        ? opened.compose(
            v -> deploy(AttemptLogVerticle.options(), i -> new AttemptLogVerticle(shared.feed), 1))
        : opened;
  }

  /**
   * Closes every room, the first of the flow first, and gives the right to deliver back. Until the
   * last attempt has ended the API still answers, with 503; where the right is lost it closes
   * first, because what is written here is nobody's any more.
   */
  Future<Void> close() {
    closing = true;
    shared.streams.close();
    Future<Void> doors =
        shared.node.fence().isHeld() ? Future.succeededFuture() : undeploy(listeners);
    return doors
        .compose(v -> undeploy(deployments))
        .onSuccess(v -> Failpoint.DRAIN_MID.hit())
        .compose(v -> undeploy(listeners))
        .compose(v -> shared.node.release(shared.openSet.mark()));
  }

  private Future<Void> undeploy(Deque<String> ids) {
    Future<Void> closed = Future.succeededFuture();
    while (!ids.isEmpty()) {
      String deployment = ids.removeLast();
      closed = closed.compose(v -> shared.vertx.undeploy(deployment).otherwise(Rooms::goneAlready));
    }
    return closed;
  }

  private Future<Void> notListening(Throwable failure) {
    return Future.failedFuture(ListenCheck.explain(shared.config.http(), failure));
  }

  // A host that closes its Vert.x undeploys every room itself, in no order.
  private static @Nullable Void goneAlready(Throwable failure) {
    LOG.debug("a room was closed by somebody else: {}", failure.getMessage());
    return null;
  }

  /**
   * Deploys beside this verticle, not below it: the children of a verticle are undeployed all at
   * once, and these have an order.
   */
  private Future<Void> deploy(
      DeploymentOptions options, IntFunction<Deployable> verticle, int instances) {
    return deploy(options, verticle, instances, deployments);
  }

  private Future<Void> listen(IntFunction<Deployable> verticle) {
    return deploy(new DeploymentOptions(), verticle, shared.loops, listeners);
  }

  private Future<Void> deploy(
      DeploymentOptions options,
      IntFunction<Deployable> verticle,
      int instances,
      Deque<String> ids) {
    ContextInternal neutral = ((VertxInternal) shared.vertx).createEventLoopContext();
    Future<Void> chain = Future.succeededFuture();
    for (int i = 0; i < instances; i++) {
      int number = i;
      chain =
          chain.compose(
              v ->
                  onContext(
                          neutral,
                          () -> shared.vertx.deployVerticle(verticle.apply(number), options))
                      .onSuccess(ids::addLast)
                      .mapEmpty());
    }
    return chain;
  }

  private static <T> Future<T> onContext(ContextInternal context, Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(v -> work.get().onComplete(promise));
    return promise.future();
  }

  private Deployable outcomes(int number) {
    return new OutcomeVerticle(
        number,
        shared.loops,
        shared.config.outcome(),
        shared.index,
        shared.settlements,
        shared.node.fence(),
        shared.writer(shared.database.outcome()),
        shared.unrecorded,
        shared.clock,
        this::gone,
        shared.metrics,
        shared.feed);
  }

  private IntFunction<Deployable> supervisors() {
    Delivering delivering =
        new Delivering(
            shared.config.delivery(),
            shared.index,
            shared.windows,
            new DeliveryLoops(
                shared.vertx, shared.loops, shared.config.delivery(), shared.unrecorded),
            shared.networks,
            shared.node.fence(),
            shared.clock,
            (int) shared.config.outcome().bodyInlineMax(),
            shared.config.schedule().pageMax(),
            new AttemptListener() {
              @Override
              public void ended(Outcome outcome, boolean probe) {
                shared.metrics.ended(outcome, probe);
              }

              @Override
              public void circuit(int webhook, CircuitRecord circuit) {
                if (shared.circuits.changed(webhook, circuit)) {
                  shared.metrics.circuit(webhook, circuit);
                  shared
                      .vertx
                      .eventBus()
                      .send(
                          Addresses.CIRCUIT_CHANGED,
                          new CircuitChange(webhook, shared.ids.next(), circuit),
                          LocalCodec.OPTIONS);
                }
              }
            });
    int seatedMax = Math.max(1, shared.config.delivery().awakeMax() / shared.loops);
    return number -> new DeliverySupervisor(number, seatedMax, delivering);
  }

  private Deployable circuitLog() {
    return new CircuitLogVerticle(shared.database.control());
  }

  private Deployable metricsVerticle() {
    return new MetricsVerticle(
        shared.metrics, shared.database.control(), shared.backlog, shared.loops);
  }

  private Deployable stats() {
    return new StatsVerticle(shared.database.control(), shared.config.stats().foldInterval());
  }

  private Deployable schedule() {
    return new ScheduleVerticle(
        shared.loops,
        shared.config.schedule(),
        shared.config.delivery().maxWait(),
        shared.database.control(),
        shared.node.fence(),
        shared.clock,
        shared.node.earlierMark(),
        shared.ids.next(),
        shared.openSet.earlier()::sealed,
        shared.openSet::mark,
        shared.orphans);
  }

  private Deployable bulkRedelivery() {
    return new BulkRedeliveryVerticle(
        new BulkRedeliveryStore(shared.database.control()),
        shared.writer(shared.database.control()),
        shared.node.fence(),
        shared.ids,
        shared.index,
        shared.clock);
  }

  private Deployable retention() {
    return new RetentionVerticle(
        shared.partitions,
        new Retention(shared.database),
        shared.clock,
        shared.config.retention(),
        shared.config.ingest().idempotencyTtl());
  }

  private Deployable ingest(int number) {
    FlushCommit commit =
        new FlushCommit(
            shared.vertx,
            shared.node.fence(),
            shared.writer(shared.database.ingest()),
            shared.database.control(),
            shared.partitions::ensureAhead,
            shared.config.ingest().deliveriesPerStatementMax(),
            shared.config.ingest().idempotencyTtl().toMillis());
    return new EventIngestVerticle(
        number,
        shared.config.ingest(),
        shared.ids,
        shared.openSet,
        shared.index,
        shared.windows,
        shared.uncommitted,
        commit,
        new FlushHandOver(shared.vertx, shared.loops, shared.clock, this::giveBack),
        shared.clock,
        shared.tracing,
        shared.metrics);
  }

  private IntFunction<Deployable> api(KeyStore keys) {
    ApiServices services =
        ApiServices.of(
                shared.config.http(),
                shared.config.auth(),
                keys,
                new ApiResources(shared).all(keys),
                List.of(
                    new ReadinessCheck("database", this::databaseAnswers),
                    new ReadinessCheck("accepting", this::isAccepting)),
                shared.registry::scrape,
                shared.port)
            .withReadLimit(shared.config.database().readTimeout().plusSeconds(2))
            .refusingWhile(() -> closing);
    return number -> new ApiVerticle(services);
  }

  private Future<Void> firstKey(KeyStore keys, Consumer<String> newAdminToken) {
    if (!shared.config.auth().adminToken().isEmpty()) {
      return Future.succeededFuture();
    }
    return keys.createFirst()
        .onSuccess(created -> created.ifPresent(key -> newAdminToken.accept(key.token())))
        .mapEmpty();
  }

  private Future<Void> databaseAnswers() {
    return shared.database.control().query("select 1").execute().mapEmpty();
  }

  private Future<Void> isAccepting() {
    return closing ? Future.failedFuture("the service is shutting down") : Future.succeededFuture();
  }

  /** Deliveries that no supervisor took: written down as waiting. */
  private void giveBack(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      shared
          .vertx
          .eventBus()
          .send(
              Addresses.outcome(delivery.webhook() % shared.loops),
              Report.released(delivery),
              LocalCodec.OPTIONS);
    }
  }

  /** The receiver answered 410: the webhook becomes inactive, unless it has another URL by now. */
  private void gone(Webhook sentAs) {
    Webhook webhook = shared.index.byNumber(sentAs.number());
    if (webhook != null && webhook.active()) {
      shared
          .webhooks
          .setInactiveGone(sentAs)
          .onFailure(
              e -> LOG.warn("a webhook that is gone stays active for now: {}", e.toString()));
    }
  }
}
