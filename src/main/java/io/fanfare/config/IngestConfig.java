package io.fanfare.config;

import java.time.Duration;

/** How events are accepted and committed in groups. */
public record IngestConfig(
    Duration linger,
    int batchEventsMax,
    long batchBytesMax,
    long uncommittedBytesMax,
    int deliveriesPerEventMax,
    int deliveriesPerStatementMax,
    long eventDataBytesMax,
    Duration idempotencyTtl) {

  /** Checks the bounds. */
  public IngestConfig {
    new Limits()
        .duration("linger", linger, Duration.ZERO, Duration.ofMillis(100))
        .count("batchEventsMax", batchEventsMax, 1, 10_000)
        .bytes("batchBytesMax", batchBytesMax, 1 << 10, 64 << 20)
        .bytes("uncommittedBytesMax", uncommittedBytesMax, 1 << 20, 16L << 30)
        .count("deliveriesPerEventMax", deliveriesPerEventMax, 1, 1_000_000)
        .count("deliveriesPerStatementMax", deliveriesPerStatementMax, 1, 100_000)
        .bytes("eventDataBytesMax", eventDataBytesMax, 2, 16 << 20)
        .duration("idempotencyTtl", idempotencyTtl, Duration.ofMinutes(1), Duration.ofDays(30))
        .enforce();
  }
}
