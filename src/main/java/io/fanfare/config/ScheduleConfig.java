package io.fanfare.config;

import java.time.Duration;

/** What waits in the database, and how it is found. */
public record ScheduleConfig(int pageMax, Duration auditInterval, Duration sweepInterval) {

  /** Checks the bounds. */
  public ScheduleConfig {
    new Limits()
        .count("pageMax", pageMax, 1, 10_000)
        .duration("auditInterval", auditInterval, Duration.ofMillis(100), Duration.ofDays(1))
        .duration("sweepInterval", sweepInterval, Duration.ofMillis(100), Duration.ofDays(1))
        .enforce();
  }
}
