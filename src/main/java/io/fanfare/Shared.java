package io.fanfare;

import io.fanfare.api.ListeningPort;
import io.fanfare.api.LiveStreams;
import io.fanfare.config.DeliveryConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.Partitions;
import io.fanfare.database.Writer;
import io.fanfare.delivery.CircuitBoard;
import io.fanfare.delivery.DeliveryLifecycle;
import io.fanfare.delivery.Unrecorded;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.OpenSet;
import io.fanfare.event.Windows;
import io.fanfare.id.IdGenerator;
import io.fanfare.live.BacklogReader;
import io.fanfare.node.Node;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.SettlementPolicy;
import io.fanfare.stats.PendingReader;
import io.fanfare.trace.SpanQueue;
import io.fanfare.trace.Tracing;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.SecretKeyFile;
import io.fanfare.webhook.SecretSeal;
import io.fanfare.webhook.WebhookIndex;
import io.fanfare.webhook.WebhookRegistry;
import io.fanfare.webhook.WebhookStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What several rooms use: made once, before any of them opens. Everything in it is thread-safe. */
final class Shared {
  final Vertx vertx;
  final FanfareConfig config;
  final Database database;
  final Node node;
  final PrometheusMeterRegistry registry;
  final Clock clock;
  final ListeningPort port;
  final int loops;

  final FanfareMetrics metrics;
  final IdGenerator ids;
  final OpenSet openSet;
  final WebhookIndex index = new WebhookIndex();
  final CircuitBoard circuits = new CircuitBoard(index);
  final Feed feed = new Feed();
  final SpanQueue spans;
  final Tracing tracing;
  final LiveStreams streams;
  final BacklogReader backlog;
  final Windows windows;
  final HeldBytes uncommitted;
  final Unrecorded unrecorded;
  final AtomicLong orphans = new AtomicLong();
  final SettlementPolicy settlements;
  final NetworkPolicy networks;
  final DeliveryLifecycle lifecycle;
  final WebhookRegistry webhooks;
  final Partitions partitions;

  Shared(
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

  /** Writes by way of one of the pools. */
  Writer writer(Pool pool) {
    return new Writer(vertx, database, pool, config.database().statementTimeout());
  }
}
