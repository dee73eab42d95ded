package io.fanfare;

import io.fanfare.api.BodyBudget;
import io.fanfare.api.BulkRedeliveryHandler;
import io.fanfare.api.DeliveriesHandler;
import io.fanfare.api.EventTypesHandler;
import io.fanfare.api.EventsReadHandler;
import io.fanfare.api.ExplainHandler;
import io.fanfare.api.KeyStore;
import io.fanfare.api.KeysHandler;
import io.fanfare.api.OverviewHandler;
import io.fanfare.api.PublishHandler;
import io.fanfare.api.RecentDeliveries;
import io.fanfare.api.RedeliverHandler;
import io.fanfare.api.ResourceHandler;
import io.fanfare.api.StatsHandler;
import io.fanfare.api.StorageHandler;
import io.fanfare.api.StreamsHandler;
import io.fanfare.api.TestHandler;
import io.fanfare.api.TroubleHandler;
import io.fanfare.api.WebhooksHandler;
import io.fanfare.api.WhoamiHandler;
import io.fanfare.database.StorageReader;
import io.fanfare.event.BulkRedeliveryStore;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.Redelivery;
import io.fanfare.history.CircuitHistory;
import io.fanfare.history.DeliveryHistory;
import io.fanfare.history.DeliveryTotals;
import io.fanfare.history.DeliveryTraces;
import io.fanfare.history.EventHistory;
import io.fanfare.history.EventMatches;
import io.fanfare.history.FailureHistory;
import io.fanfare.live.Pulse;
import io.fanfare.outcome.TestDeliveries;
import io.fanfare.stats.OverviewReader;
import io.fanfare.stats.StatsReader;
import io.fanfare.webhook.HeaderRules;
import io.vertx.core.internal.VertxInternal;
import java.util.List;

/** The handlers of the API with all that they need. */
final class ApiResources {
  private final Shared shared;

  ApiResources(Shared shared) {
    this.shared = shared;
  }

  /**
   * All of them.
   *
   * @param keys the API keys
   */
  List<ResourceHandler> all(KeyStore keys) {
    StatsReader stats = new StatsReader(shared.vertx, shared.database.read());
    DeliveryHistory history = new DeliveryHistory(shared.database.read(), stats);
    TestDeliveries tests =
        new TestDeliveries(
            shared.database.control(),
            shared.lifecycle,
            shared.settlements,
            shared.ids,
            shared.clock);
    Redelivery redelivery =
        new Redelivery(
            shared.vertx,
            shared.writer(shared.database.control()),
            shared.database.control(),
            shared.node.fence(),
            shared.ids,
            shared.clock);
    EventHistory events = new EventHistory(shared.database.read(), stats);
    DeliveryTotals totals = new DeliveryTotals(shared.database.read(), stats);
    return List.of(
        new PublishHandler((int) shared.config.ingest().eventDataBytesMax(), publishing()),
        new WebhooksHandler(
            shared.webhooks,
            shared.networks,
            new HeaderRules(shared.config.delivery().headerPrefix()),
            stats::totals,
            new RecentDeliveries(history),
            shared.ids),
        new DeliveriesHandler(shared.index, history, totals, stats, shared.clock),
        new StatsHandler(shared.index, stats, shared.clock),
        new EventsReadHandler(events, shared.clock),
        new ExplainHandler(
            events,
            new EventMatches(shared.database.read()),
            new DeliveryTraces(shared.database.read()),
            shared.lifecycle,
            shared.config.delivery().maxWait(),
            shared.clock),
        new StreamsHandler(shared.index, shared.feed, pulse(stats), shared.streams),
        new OverviewHandler(
            shared.index,
            new OverviewReader(shared.database.read()),
            shared.backlog,
            shared.circuits,
            shared.clock),
        new TroubleHandler(
            shared.index,
            new FailureHistory(shared.database.read()),
            new CircuitHistory(shared.database.read()),
            shared.clock),
        new StorageHandler(storage(), shared.config.retention().keep()),
        new TestHandler(shared.index, tests, (int) shared.config.ingest().eventDataBytesMax()),
        new RedeliverHandler(shared.index, history, redelivery),
        new BulkRedeliveryHandler(
            shared.index, new BulkRedeliveryStore(shared.database.control()), totals, shared.ids),
        new KeysHandler(keys),
        new EventTypesHandler(),
        new WhoamiHandler(
            shared.config.delivery().headerPrefix(), shared.config.delivery().userAgent()));
  }

  private StorageReader storage() {
    return new StorageReader(
        shared.vertx,
        shared.database,
        shared.config.database().url().isEmpty() ? shared.config.database().embeddedDir() : null,
        shared.config.retention().keep(),
        shared.clock);
  }

  private Pulse pulse(StatsReader stats) {
    return new Pulse(
        ((VertxInternal) shared.vertx).createEventLoopContext(),
        shared.feed,
        () ->
            new Pulse.Accepted(
                shared.metrics.eventsAccepted(), shared.metrics.deliveriesAccepted()),
        project -> stats.settled().compose(settled -> shared.backlog.read(project)),
        shared.circuits,
        shared.index,
        shared.clock);
  }

  private BodyBudget publishing() {
    HeldBytes arriving = new HeldBytes(shared.config.ingest().uncommittedBytesMax());
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
}
