package io.fanfare.config;

import java.util.List;

/** Values of one record that break its rules. */
final class InvalidValuesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param component name of the record's component; dotted where it lies in a nested record
   * @param rule what is allowed, going on after "must be"
   */
  record Violation(String component, String rule) {}

  private final transient List<Violation> violations;

  InvalidValuesException(List<Violation> violations) {
    super(
        String.join(
            "; ", violations.stream().map(v -> v.component() + " must be " + v.rule()).toList()));
    this.violations = List.copyOf(violations);
  }

  List<Violation> violations() {
    return violations;
  }
}
