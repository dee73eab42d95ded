package io.fanfare.config;

import java.util.List;

/**
 * All that is wrong with the configuration, each problem one line: key, where it was set, value
 * (secrets hidden) and what is allowed. Exit code 78.
 */
public final class ConfigException extends StartException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings(
      "serial") // always one of the immutable lists of the JDK, which are serializable
  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(78, String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems, at least one, in the order of the keys. */
  public List<String> problems() {
    return problems;
  }
}
