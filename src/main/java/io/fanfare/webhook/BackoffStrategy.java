package io.fanfare.webhook;

import java.util.Locale;
import java.util.Optional;

/** How the wait before the next attempt grows. The API document gives the formulas. */
public enum BackoffStrategy {
  /** {@code initial_delay * attempt}. */
  LINEAR,
  /** {@code initial_delay * 2^(attempt - 1)}. */
  EXPONENTIAL,
  /** {@code initial_delay}. */
  FIXED;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the API and in the database, such as {@code exponential}. */
  public String wireName() {
    return wireName;
  }

  /** The strategy of that exact name; empty where there is none. */
  public static Optional<BackoffStrategy> ofWireName(String name) {
    for (BackoffStrategy strategy : values()) {
      if (strategy.wireName.equals(name)) {
        return Optional.of(strategy);
      }
    }
    return Optional.empty();
  }
}
