package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * What a service has counted so far, or between two moments.
 *
 * @param deliveries accepted ones
 * @param ingestFlushes commits of events
 * @param outcomes written down
 * @param outcomeFlushes commits of outcomes
 * @param gcMillis in which collections held up everything
 * @param allocatedBytes of all its threads that are alive, without the generator's
 */
record ServiceCounters(
    double deliveries,
    double ingestFlushes,
    double outcomes,
    double outcomeFlushes,
    double gcMillis,
    double allocatedBytes) {

  /**
   * @param metrics by the names of {@code /metrics}; what a revision does not have counts as 0
   * @param jvm what {@link JvmCounters} says
   */
  static ServiceCounters of(Map<String, Double> metrics, JsonObject jvm) {
    return new ServiceCounters(
        metrics.getOrDefault("fanfare_deliveries_accepted_total", 0.0),
        metrics.getOrDefault("fanfare_ingest_flush_events_count", 0.0),
        metrics.getOrDefault("fanfare_outcome_flush_reports_sum", 0.0),
        metrics.getOrDefault("fanfare_outcome_flush_reports_count", 0.0),
        jvm.getDouble("gc_millis"),
        jvm.getDouble("allocated_bytes"));
  }

  ServiceCounters since(ServiceCounters earlier) {
    return new ServiceCounters(
        deliveries - earlier.deliveries,
        ingestFlushes - earlier.ingestFlushes,
        outcomes - earlier.outcomes,
        outcomeFlushes - earlier.outcomeFlushes,
        gcMillis - earlier.gcMillis,
        allocatedBytes - earlier.allocatedBytes);
  }
}
