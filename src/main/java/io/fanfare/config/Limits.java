package io.fanfare.config;

import io.fanfare.config.InvalidValuesException.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the values of one record and collects what is wrong, so that a person sees all of it at
 * once. Bounds are inclusive.
 */
final class Limits {
  private final List<Violation> violations = new ArrayList<>();

  /** A count. */
  Limits count(String component, int value, int min, int max) {
    return rule(component, value >= min && value <= max, "from " + min + " to " + max);
  }

  /** A size in bytes. */
  Limits bytes(String component, long value, long min, long max) {
    return rule(
        component,
        value >= min && value <= max,
        "from " + ConfigText.bytes(min) + " to " + ConfigText.bytes(max));
  }

  /** A length of time. */
  Limits duration(String component, Duration value, Duration min, Duration max) {
    return rule(
        component,
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        "from " + ConfigText.duration(min) + " to " + ConfigText.duration(max));
  }

  /**
   * Any other rule.
   *
   * @param rule what is allowed, going on after "must be"
   */
  Limits rule(String component, boolean holds, String rule) {
    if (!holds) {
      violations.add(new Violation(component, rule));
    }
    return this;
  }

  /**
   * @throws InvalidValuesException with everything that was wrong, if something was
   */
  void enforce() {
    if (!violations.isEmpty()) {
      throw new InvalidValuesException(violations);
    }
  }
}
