package io.fanfare.config;

import java.time.Duration;

/** How outcomes are recorded in groups. {@code bodyInlineMax} is in bytes. */
public record OutcomeConfig(int batchMax, int unrecordedMax, Duration linger, long bodyInlineMax) {

  /** Checks the bounds. */
  public OutcomeConfig {
    new Limits()
        .count("batchMax", batchMax, 1, 10_000)
        .count("unrecordedMax", unrecordedMax, 1, 1_000_000)
        .duration("linger", linger, Duration.ZERO, Duration.ofMillis(100))
        .bytes("bodyInlineMax", bodyInlineMax, 0, 1 << 10)
        .enforce();
  }
}
