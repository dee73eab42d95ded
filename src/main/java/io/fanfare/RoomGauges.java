package io.fanfare;

import io.vertx.sqlclient.Pool;

/** Gauges of what the rooms hold at the moment; the meters of what happens are the rooms' own. */
final class RoomGauges {
  private RoomGauges() {}

  static void register(Shared shared) {
    shared.metrics.gauge(FanfareMetrics.WEBHOOKS, "Registered webhooks", shared.index::size);
    shared.metrics.gauge(
        FanfareMetrics.HELD_BYTES, "Payload in memory, undelivered", shared.windows::heldBytes);
    shared.metrics.gauge(
        FanfareMetrics.UNCOMMITTED_BYTES, "Payload not committed yet", shared.uncommitted::bytes);
    shared.metrics.gauge(
        FanfareMetrics.UNRECORDED,
        "Attempts ended whose outcome is not committed yet",
        shared.unrecorded::count);
    for (String state : new String[] {"open", "half_open"}) {
      shared.metrics.gauge(
          FanfareMetrics.CIRCUITS,
          "Circuits that are not closed, by state",
          "state",
          state,
          () -> shared.circuits.count(state));
    }
    shared.metrics.gauge(
        FanfareMetrics.HELD_DELIVERIES, "Deliveries in memory", shared.windows::held);
    registerPool(
        shared, "ingest", shared.database.ingest(), shared.config.database().ingestConnections());
    registerPool(
        shared,
        "outcome",
        shared.database.outcome(),
        shared.config.database().outcomeConnections());
    registerPool(
        shared, "read", shared.database.read(), shared.config.database().readConnections());
    registerPool(
        shared,
        "control",
        shared.database.control(),
        shared.config.database().controlConnections());
    shared.metrics.gauge(
        FanfareMetrics.STREAMS, "Open shared.streams of what happens now", shared.streams::count);
    shared.metrics.gauge(
        FanfareMetrics.OPEN_FLUSHES, "Flushes with deliveries in memory", shared.openSet::size);
    shared.metrics.gauge(
        FanfareMetrics.ORPHANS,
        "Deliveries the audit found in nobody's hands; 0 is right",
        shared.orphans::get);
  }

  private static void registerPool(Shared shared, String name, Pool pool, int max) {
    shared.metrics.gauge(
        FanfareMetrics.POOL_CONNECTIONS, "Open connections", "pool", name, pool::size);
    shared.metrics.gauge(
        FanfareMetrics.POOL_CONNECTIONS_MAX,
        "Connections that may be open",
        "pool",
        name,
        () -> max);
  }
}
