package io.fanfare.config;

import java.time.Duration;

/** How often counts are folded. */
public record StatsConfig(Duration foldInterval) {

  /** Checks the bounds. */
  public StatsConfig {
    new Limits()
        .duration("foldInterval", foldInterval, Duration.ofMillis(10), Duration.ofHours(1))
        .enforce();
  }
}
