package io.fanfare.config;

import java.time.Duration;

/** How long things are kept. {@code keep} is whole days; {@code partitionsAhead} counts days. */
public record RetentionConfig(Duration keep, int partitionsAhead, Duration interval) {

  /** Checks the bounds. */
  public RetentionConfig {
    new Limits()
        .duration("keep", keep, Duration.ofDays(1), Duration.ofDays(3_650))
        .rule("keep", keep.equals(Duration.ofDays(keep.toDays())), "whole days, like 30d")
        .count("partitionsAhead", partitionsAhead, 1, 60)
        .duration("interval", interval, Duration.ofSeconds(1), Duration.ofDays(1))
        .enforce();
  }
}
