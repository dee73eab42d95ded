package io.fanfare.config;

import java.time.Duration;

/** What is streamed to those who watch. {@code streamQueueMax} counts entries of one stream. */
public record LiveConfig(int streamsMax, int streamQueueMax, Duration heartbeat) {

  /** Checks the bounds. */
  public LiveConfig {
    new Limits()
        .count("streamsMax", streamsMax, 0, 10_000)
        .count("streamQueueMax", streamQueueMax, 1, 100_000)
        .duration("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofMinutes(2))
        .enforce();
  }
}
