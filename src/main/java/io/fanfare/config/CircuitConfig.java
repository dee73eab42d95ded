package io.fanfare.config;

import java.time.Duration;

/** When a webhook's circuit opens, and for how long. */
public record CircuitConfig(
    int failures,
    int ratePercent,
    int rateAttemptsMin,
    Duration rateWindow,
    Duration open,
    Duration openMax) {

  /** Checks the bounds. */
  public CircuitConfig {
    new Limits()
        .count("failures", failures, 1, 10_000)
        .count("ratePercent", ratePercent, 1, 100)
        .count("rateAttemptsMin", rateAttemptsMin, 1, 10_000)
        .duration("rateWindow", rateWindow, Duration.ofSeconds(1), Duration.ofHours(1))
        .duration("open", open, Duration.ofMillis(10), Duration.ofHours(1))
        .duration("openMax", openMax, Duration.ofMillis(10), Duration.ofDays(1))
        .rule("openMax", openMax.compareTo(open) >= 0, "at least delivery.circuit.open")
        .enforce();
  }
}
