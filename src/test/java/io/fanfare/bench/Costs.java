package io.fanfare.bench;

import io.vertx.core.json.JsonObject;

/**
 * What the deliveries of a load cost beside the CPU of service and PostgreSQL. Not a number is what
 * could not be read.
 *
 * @param receiver CPU microseconds of a delivery
 * @param generator CPU microseconds of a delivery
 * @param walBytes of a delivery
 * @param fullPageBytes of a delivery, a part of {@code walBytes}
 * @param statements of a thousand deliveries
 * @param commits of a thousand deliveries
 * @param ingestRows deliveries of one commit of events
 * @param outcomeRows outcomes of one commit of them
 * @param gcMicros pauses of a delivery
 * @param allocatedBytes of a delivery
 */
record Costs(
    double receiver,
    double generator,
    double walBytes,
    double fullPageBytes,
    double statements,
    double commits,
    double ingestRows,
    double outcomeRows,
    double gcMicros,
    double allocatedBytes) {

  /** What so many deliveries cost each. */
  static Costs of(
      int deliveries,
      long receiverMicros,
      long generatorMicros,
      DatabaseCounters.Used database,
      ServiceCounters service) {
    double each = deliveries;
    return new Costs(
        receiverMicros / each,
        generatorMicros / each,
        database.walBytes() / each,
        database.fullPageBytes() / each,
        database.statements() * 1_000 / each,
        database.commits() * 1_000 / each,
        service.deliveries() / service.ingestFlushes(),
        service.outcomes() / service.outcomeFlushes(),
        service.gcMillis() * 1_000 / each,
        service.allocatedBytes() / each);
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    Figures.put(json, "receiver_micros", receiver);
    Figures.put(json, "generator_micros", generator);
    Figures.put(json, "wal_bytes", walBytes);
    Figures.put(json, "wal_full_page_bytes", fullPageBytes);
    Figures.put(json, "statements_per_thousand", statements);
    Figures.put(json, "commits_per_thousand", commits);
    Figures.put(json, "deliveries_per_ingest_flush", ingestRows);
    Figures.put(json, "outcomes_per_flush", outcomeRows);
    Figures.put(json, "gc_pause_micros", gcMicros);
    Figures.put(json, "allocated_bytes", allocatedBytes);
    return json;
  }
}
