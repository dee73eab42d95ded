package io.fanfare.live;

import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one second. Rates are those of the last whole second; shares and percentiles are
 * those of the window.
 *
 * @param windowSeconds length of the window, shorter while the watch is young
 * @param events accepted; null where they are not counted apart, for a single project
 * @param deliveriesAccepted with the events; null likewise
 * @param attempts that ended
 * @param delivered deliveries that ended with success
 * @param failed deliveries that failed for good
 * @param successRate percent of the window's attempts that were accepted; null where there was none
 * @param p50 response time in ms, like the next two; empty without any answer
 * @param pending null where it could not be read
 * @param oldestPendingMillis age of the oldest pending delivery; null where none is, or unknown
 * @param openCircuits circuits that are not closed
 * @param worst webhooks with the most failed attempts within a minute, the worst first
 */
public record Moment(
    Instant at,
    int windowSeconds,
    @Nullable Long events,
    @Nullable Long deliveriesAccepted,
    long attempts,
    long delivered,
    long failed,
    @Nullable Double successRate,
    OptionalDouble p50,
    OptionalDouble p95,
    OptionalDouble p99,
    @Nullable Long pending,
    @Nullable Long oldestPendingMillis,
    int openCircuits,
    List<Worst> worst) {

  /**
   * A webhook that fails.
   *
   * @param attempts within a minute
   * @param failures those of them that failed
   * @param circuit null while closed
   */
  public record Worst(
      Webhook webhook, int attempts, int failures, @Nullable CircuitRecord circuit) {}
}
