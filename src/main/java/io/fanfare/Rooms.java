package io.fanfare;

import io.fanfare.api.ApiServices;
import io.fanfare.api.ApiVerticle;
import io.fanfare.api.BodyBudget;
import io.fanfare.api.BulkRedeliveryHandler;
import io.fanfare.api.DeliveriesHandler;
import io.fanfare.api.EventTypesHandler;
import io.fanfare.api.EventsReadHandler;
import io.fanfare.api.ExplainHandler;
import io.fanfare.api.KeyStore;
import io.fanfare.api.KeysHandler;
import io.fanfare.api.ListenCheck;
import io.fanfare.api.ListeningPort;
import io.fanfare.api.LiveStreams;
import io.fanfare.api.OverviewHandler;
import io.fanfare.api.PublishHandler;
import io.fanfare.api.ReadinessCheck;
import io.fanfare.api.RecentDeliveries;
import io.fanfare.api.RedeliverHandler;
import io.fanfare.api.ResourceHandler;
import io.fanfare.api.StatsHandler;
import io.fanfare.api.StorageHandler;
import io.fanfare.api.StreamsHandler;
import io.fanfare.api.TestHandler;
import io.fanfare.api.TroubleHandler;
import io.fanfare.api.WebhooksHandler;
import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.DeliveryConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.Partitions;
import io.fanfare.database.Retention;
import io.fanfare.database.RetentionVerticle;
import io.fanfare.database.StorageReader;
import io.fanfare.database.Writer;
import io.fanfare.delivery.CircuitBoard;
import io.fanfare.delivery.Delivering;
import io.fanfare.delivery.Delivering.AttemptListener;
import io.fanfare.delivery.DeliveryLifecycle;
import io.fanfare.delivery.DeliveryLoops;
import io.fanfare.delivery.DeliverySupervisor;
import io.fanfare.delivery.Outcome;
import io.fanfare.delivery.Report;
import io.fanfare.delivery.Unrecorded;
import io.fanfare.event.BulkRedeliveryStore;
import io.fanfare.event.BulkRedeliveryVerticle;
import io.fanfare.event.Delivery;
import io.fanfare.event.EventIngestVerticle;
import io.fanfare.event.FlushCommit;
import io.fanfare.event.FlushHandOver;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.OpenSet;
import io.fanfare.event.Redelivery;
import io.fanfare.event.Windows;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.history.CircuitHistory;
import io.fanfare.history.DeliveryHistory;
import io.fanfare.history.DeliveryTotals;
import io.fanfare.history.DeliveryTraces;
import io.fanfare.history.EventHistory;
import io.fanfare.history.EventMatches;
import io.fanfare.history.FailureHistory;
import io.fanfare.id.IdGenerator;
import io.fanfare.live.AttemptLogVerticle;
import io.fanfare.live.AttemptSpans;
import io.fanfare.live.BacklogReader;
import io.fanfare.live.Pulse;
import io.fanfare.node.Node;
import io.fanfare.outcome.CircuitChange;
import io.fanfare.outcome.CircuitLogVerticle;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.OutcomeVerticle;
import io.fanfare.outcome.SettlementPolicy;
import io.fanfare.outcome.TestDeliveries;
import io.fanfare.schedule.ScheduleVerticle;
import io.fanfare.stats.OverviewReader;
import io.fanfare.stats.PendingReader;
import io.fanfare.stats.StatsReader;
import io.fanfare.stats.StatsVerticle;
import io.fanfare.trace.SpanExportVerticle;
import io.fanfare.trace.SpanQueue;
import io.fanfare.trace.Tracing;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.HeaderRules;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.SecretKeyFile;
import io.fanfare.webhook.SecretSeal;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.fanfare.webhook.WebhookRegistry;
import io.fanfare.webhook.WebhookStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms and what they share. They are opened against the flow, so that each finds the next one
 * listening, and closed with it, so that each can pass on what it has:
 *
 * <pre>
 *   api ─► event (ingest) ─► delivery (supervisors) ─► outcome ─► PostgreSQL
 *                 ▲                   ▲   │                          │
 *                bus                  └── schedule ◄─────────────────┘
 * </pre>
 */
final class Rooms {
  private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

  private final Vertx vertx;
  private final FanfareConfig config;
  private final Database database;
  private final Node node;
  private final PrometheusMeterRegistry registry;
  private final Clock clock;
  private final ListeningPort port;
  private final int loops;

  private final FanfareMetrics metrics;
  private final IdGenerator ids;
  private final OpenSet openSet;
  private final WebhookIndex index = new WebhookIndex();
  private final CircuitBoard circuits = new CircuitBoard(index);
  private final Feed feed = new Feed();
  private final SpanQueue spans;
  private final Tracing tracing;
  private final LiveStreams streams;
  private final BacklogReader backlog;
  private final Windows windows;
  private final HeldBytes uncommitted;
  private final Unrecorded unrecorded;
  private final AtomicLong orphans = new AtomicLong();
  private final SettlementPolicy settlements;
  private final NetworkPolicy networks;
  private final DeliveryLifecycle lifecycle;
  private final WebhookRegistry webhooks;
  private final Partitions partitions;
  // In the order of opening; closed from the last to the first.
  private final Deque<String> deployments = new ArrayDeque<>();
  // Closed after all others: whoever comes while the service drains is told so.
  private final Deque<String> listeners = new ArrayDeque<>();
  private volatile boolean closing;

  Rooms(
      Vertx vertx,
      FanfareConfig config,
      Database database,
      Node node,
      PrometheusMeterRegistry registry,
      Clock clock,
      ListeningPort port) {
    this.vertx = vertx;
    this.config = config;
    this.database = database;
    this.node = node;
    this.registry = registry;
    this.clock = clock;
    this.port = port;
    this.loops = config.runtime().eventLoops();
    DeliveryConfig delivery = config.delivery();
    this.metrics = new FanfareMetrics(registry);
    this.streams = new LiveStreams(config.live());
    this.spans = new SpanQueue(config.tracing().queueMax(), config.tracing().batchMax(), metrics);
    this.tracing =
        config.tracing().isOn() ? Tracing.into(spans, config.tracing().sampleRatio()) : Tracing.OFF;
    this.ids =
        new IdGenerator(clock, new SplittableRandom(new SecureRandom().nextLong()), node.idFloor());
    this.openSet = new OpenSet(ids, node.earlierMark());
    this.windows = new Windows(delivery.window(), new HeldBytes(delivery.heldBytesMax()));
    this.backlog =
        new BacklogReader(
            new PendingReader(database.read()), openSet, index, delivery.maxWait(), clock);
    this.uncommitted = new HeldBytes(config.ingest().uncommittedBytesMax());
    this.unrecorded = new Unrecorded(config.outcome().unrecordedMax());
    this.settlements = new SettlementPolicy(new SecureRandom(), delivery.retryJitter());
    this.networks = new NetworkPolicy(delivery.allowedNetworks(), delivery.allowHttp(), port);
    this.lifecycle = new DeliveryLifecycle(vertx, loops);
    this.webhooks =
        new WebhookRegistry(
            vertx,
            index,
            new WebhookStore(database.control(), database.read(), seal()),
            lifecycle,
            clock);
    this.partitions = new Partitions(database, clock, config.retention().partitionsAhead());
  }

  private SecretSeal seal() {
    List<String> keys = config.secrets().keys();
    return new SecretSeal(
        keys.isEmpty()
            ? SecretKeyFile.readOrCreate(SecretKeyFile.of(config.database().embeddedDir()))
            : keys);
  }

  /** Opens every room. */
  Future<Void> open(Consumer<String> newAdminToken) {
    KeyStore keys = new KeyStore(database.control(), ids, new SecureRandom(), clock);
    registerGauges();
    return webhooks
        .store()
        .loadAll(index::putAll)
        .onSuccess(loaded -> circuits.load(index.all()))
        .compose(v -> firstKey(keys, newAdminToken))
        .compose(v -> watchers())
        .compose(v -> deploy(new DeploymentOptions(), i -> circuitLog(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> outcomes(i), loops))
        .compose(v -> deploy(new DeploymentOptions(), supervisors(), loops))
        .compose(v -> deploy(StatsVerticle.options(), i -> stats(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> schedule(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> bulkRedelivery(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> retention(), 1))
        .compose(v -> deploy(new DeploymentOptions(), i -> metricsVerticle(), 1))
        .compose(v -> deploy(new DeploymentOptions(), this::ingest, loops))
        .compose(v -> listen(api(keys)).recover(this::notListening))
        .onSuccess(v -> node.beatWith(openSet::mark));
  }

  /** Opened first, so that they close when the last outcome is recorded. */
  private Future<Void> watchers() {
    Future<Void> opened = Future.succeededFuture();
    if (tracing.isOn()) {
      feed.watch(new AttemptSpans(tracing));
      opened =
          deploy(
              SpanExportVerticle.options(),
              i -> new SpanExportVerticle(config.tracing(), spans, metrics),
              1);
    }
    return config.log().attempts()
        ? opened.compose(
            v -> deploy(AttemptLogVerticle.options(), i -> new AttemptLogVerticle(feed), 1))
        : opened;
  }

  /**
   * Closes every room, the first of the flow first, and gives the right to deliver back. Until the
   * last attempt has ended the API still answers, with 503; where the right is lost it closes
   * first, because what is written here is nobody's any more.
   */
  Future<Void> close() {
    closing = true;
    streams.close();
    Future<Void> doors = node.fence().isHeld() ? Future.succeededFuture() : undeploy(listeners);
    return doors
        .compose(v -> undeploy(deployments))
        .onSuccess(v -> Failpoint.DRAIN_MID.hit())
        .compose(v -> undeploy(listeners))
        .compose(v -> node.release(openSet.mark()));
  }

  private Future<Void> undeploy(Deque<String> ids) {
    Future<Void> closed = Future.succeededFuture();
    while (!ids.isEmpty()) {
      String deployment = ids.removeLast();
      closed = closed.compose(v -> vertx.undeploy(deployment).otherwise(Rooms::goneAlready));
    }
    return closed;
  }

  private Future<Void> notListening(Throwable failure) {
    return Future.failedFuture(ListenCheck.explain(config.http(), failure));
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
    return deploy(new DeploymentOptions(), verticle, loops, listeners);
  }

  private Future<Void> deploy(
      DeploymentOptions options,
      IntFunction<Deployable> verticle,
      int instances,
      Deque<String> ids) {
    ContextInternal neutral = ((VertxInternal) vertx).createEventLoopContext();
    Future<Void> chain = Future.succeededFuture();
    for (int i = 0; i < instances; i++) {
      int number = i;
      chain =
          chain.compose(
              v ->
                  onContext(neutral, () -> vertx.deployVerticle(verticle.apply(number), options))
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
        loops,
        config.outcome(),
        index,
        settlements,
        node.fence(),
        new Writer(vertx, database, database.outcome(), config.database().statementTimeout()),
        unrecorded,
        clock,
        this::gone,
        metrics,
        feed);
  }

  private IntFunction<Deployable> supervisors() {
    Delivering delivering =
        new Delivering(
            config.delivery(),
            index,
            windows,
            new DeliveryLoops(vertx, loops, config.delivery(), unrecorded),
            networks,
            node.fence(),
            clock,
            (int) config.outcome().bodyInlineMax(),
            config.schedule().pageMax(),
            new AttemptListener() {
              @Override
              public void ended(Outcome outcome, boolean probe) {
                metrics.ended(outcome, probe);
              }

              @Override
              public void circuit(int webhook, CircuitRecord circuit) {
                if (circuits.changed(webhook, circuit)) {
                  metrics.circuit(webhook, circuit);
                  vertx
                      .eventBus()
                      .send(
                          Addresses.CIRCUIT_CHANGED,
                          new CircuitChange(webhook, ids.next(), circuit),
                          LocalCodec.OPTIONS);
                }
              }
            });
    int seatedMax = Math.max(1, config.delivery().awakeMax() / loops);
    return number -> new DeliverySupervisor(number, seatedMax, delivering);
  }

  private Deployable circuitLog() {
    return new CircuitLogVerticle(database.control());
  }

  private Deployable metricsVerticle() {
    return new MetricsVerticle(metrics, database.control(), backlog, loops);
  }

  private Deployable stats() {
    return new StatsVerticle(database.control(), config.stats().foldInterval());
  }

  private Deployable schedule() {
    return new ScheduleVerticle(
        loops,
        config.schedule(),
        config.delivery().maxWait(),
        database.control(),
        node.fence(),
        clock,
        node.earlierMark(),
        ids.next(),
        openSet.earlier()::sealed,
        openSet::mark,
        orphans);
  }

  private Deployable bulkRedelivery() {
    return new BulkRedeliveryVerticle(
        new BulkRedeliveryStore(database.control()),
        new Writer(vertx, database, database.control(), config.database().statementTimeout()),
        node.fence(),
        ids,
        index,
        clock);
  }

  private Deployable retention() {
    return new RetentionVerticle(
        partitions,
        new Retention(database),
        clock,
        config.retention(),
        config.ingest().idempotencyTtl());
  }

  private Deployable ingest(int number) {
    FlushCommit commit =
        new FlushCommit(
            vertx,
            node.fence(),
            new Writer(vertx, database, database.ingest(), config.database().statementTimeout()),
            database.control(),
            partitions::ensureAhead,
            config.ingest().deliveriesPerStatementMax(),
            config.ingest().idempotencyTtl().toMillis());
    return new EventIngestVerticle(
        number,
        config.ingest(),
        ids,
        openSet,
        index,
        windows,
        uncommitted,
        commit,
        new FlushHandOver(vertx, loops, clock, this::giveBack),
        clock,
        tracing,
        metrics);
  }

  private IntFunction<Deployable> api(KeyStore keys) {
    StatsReader stats = new StatsReader(vertx, database.read());
    DeliveryHistory history = new DeliveryHistory(database.read(), stats);
    TestDeliveries tests =
        new TestDeliveries(database.control(), lifecycle, settlements, ids, clock);
    Writer writer =
        new Writer(vertx, database, database.control(), config.database().statementTimeout());
    Redelivery redelivery =
        new Redelivery(vertx, writer, database.control(), node.fence(), ids, clock);
    List<ResourceHandler> resources =
        List.of(
            new PublishHandler((int) config.ingest().eventDataBytesMax(), publishing()),
            new WebhooksHandler(
                webhooks,
                networks,
                new HeaderRules(config.delivery().headerPrefix()),
                stats::totals,
                new RecentDeliveries(history),
                ids),
            new DeliveriesHandler(
                index, history, new DeliveryTotals(database.read(), stats), stats, clock),
            new StatsHandler(index, stats, clock),
            new EventsReadHandler(new EventHistory(database.read(), stats), clock),
            new ExplainHandler(
                new EventHistory(database.read(), stats),
                new EventMatches(database.read()),
                new DeliveryTraces(database.read()),
                lifecycle,
                config.delivery().maxWait(),
                clock),
            new StreamsHandler(index, feed, pulse(stats), streams),
            new OverviewHandler(
                index, new OverviewReader(database.read()), backlog, circuits, clock),
            new TroubleHandler(
                index,
                new FailureHistory(database.read()),
                new CircuitHistory(database.read()),
                clock),
            new StorageHandler(storage(), config.retention().keep()),
            new TestHandler(index, tests, (int) config.ingest().eventDataBytesMax()),
            new RedeliverHandler(index, history, redelivery),
            new BulkRedeliveryHandler(
                index,
                new BulkRedeliveryStore(database.control()),
                new DeliveryTotals(database.read(), stats),
                ids),
            new KeysHandler(keys),
            new EventTypesHandler());
    ApiServices services =
        ApiServices.of(
                config.http(),
                config.auth(),
                keys,
                resources,
                List.of(
                    new ReadinessCheck("database", this::databaseAnswers),
                    new ReadinessCheck("accepting", this::isAccepting)),
                registry::scrape,
                port)
            .withReadLimit(config.database().readTimeout().plusSeconds(2))
            .refusingWhile(() -> closing);
    return number -> new ApiVerticle(services);
  }

  private StorageReader storage() {
    return new StorageReader(
        vertx,
        database,
        config.database().url().isEmpty() ? config.database().embeddedDir() : null,
        config.retention().keep(),
        clock);
  }

  private Pulse pulse(StatsReader stats) {
    return new Pulse(
        ((VertxInternal) vertx).createEventLoopContext(),
        feed,
        () -> new Pulse.Accepted(metrics.eventsAccepted(), metrics.deliveriesAccepted()),
        project -> stats.settled().compose(settled -> backlog.read(project)),
        circuits,
        index,
        clock);
  }

  private Future<Void> firstKey(KeyStore keys, Consumer<String> newAdminToken) {
    if (!config.auth().adminToken().isEmpty()) {
      return Future.succeededFuture();
    }
    return keys.createFirst()
        .onSuccess(created -> created.ifPresent(key -> newAdminToken.accept(key.token())))
        .mapEmpty();
  }

  private Future<Void> databaseAnswers() {
    return database.control().query("select 1").execute().mapEmpty();
  }

  private Future<Void> isAccepting() {
    return closing ? Future.failedFuture("the service is shutting down") : Future.succeededFuture();
  }

  private BodyBudget publishing() {
    HeldBytes arriving = new HeldBytes(config.ingest().uncommittedBytesMax());
    return new BodyBudget() {
      @Override
      public boolean take(int bytes) {
        return arriving.tryAdd(bytes);
      }

      @Override
      public void give(int bytes) {
        arriving.add(-bytes);
      }
    };
  }

  /** Deliveries that no supervisor took: written down as waiting. */
  private void giveBack(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      vertx
          .eventBus()
          .send(
              Addresses.outcome(delivery.webhook() % loops),
              Report.released(delivery),
              LocalCodec.OPTIONS);
    }
  }

  /** The receiver answered 410: the webhook becomes inactive, unless it has another URL by now. */
  private void gone(Webhook sentAs) {
    Webhook webhook = index.byNumber(sentAs.number());
    if (webhook != null && webhook.active()) {
      webhooks
          .setInactiveGone(sentAs)
          .onFailure(
              e -> LOG.warn("a webhook that is gone stays active for now: {}", e.toString()));
    }
  }

  private void registerGauges() {
    metrics.gauge(FanfareMetrics.WEBHOOKS, "Registered webhooks", index::size);
    metrics.gauge(FanfareMetrics.HELD_BYTES, "Payload in memory, undelivered", windows::heldBytes);
    metrics.gauge(
        FanfareMetrics.UNCOMMITTED_BYTES, "Payload not committed yet", uncommitted::bytes);
    metrics.gauge(
        FanfareMetrics.UNRECORDED,
        "Attempts ended whose outcome is not committed yet",
        unrecorded::count);
    for (String state : new String[] {"open", "half_open"}) {
      metrics.gauge(
          FanfareMetrics.CIRCUITS,
          "Circuits that are not closed, by state",
          "state",
          state,
          () -> circuits.count(state));
    }
    metrics.gauge(FanfareMetrics.HELD_DELIVERIES, "Deliveries in memory", windows::held);
    registerPool("ingest", database.ingest(), config.database().ingestConnections());
    registerPool("outcome", database.outcome(), config.database().outcomeConnections());
    registerPool("read", database.read(), config.database().readConnections());
    registerPool("control", database.control(), config.database().controlConnections());
    metrics.gauge(FanfareMetrics.STREAMS, "Open streams of what happens now", streams::count);
    metrics.gauge(FanfareMetrics.OPEN_FLUSHES, "Flushes with deliveries in memory", openSet::size);
    metrics.gauge(
        FanfareMetrics.ORPHANS,
        "Deliveries the audit found in nobody's hands; 0 is right",
        orphans::get);
  }

  private void registerPool(String name, Pool pool, int max) {
    metrics.gauge(FanfareMetrics.POOL_CONNECTIONS, "Open connections", "pool", name, pool::size);
    metrics.gauge(
        FanfareMetrics.POOL_CONNECTIONS_MAX,
        "Connections that may be open",
        "pool",
        name,
        () -> max);
  }
}
