package io.fanfare.config;

/** What is logged, and in which form. {@code attempts} adds a line for each attempt. */
public record LogConfig(Level level, Format format, boolean attempts) {
  /** Name of the logger of attempts. */
  public static final String ATTEMPTS = "fanfare.attempts";

  /** Least level that is logged. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** Form of a log line. */
  public enum Format {
    /** For people. */
    TEXT,
    /** For log collectors, one object a line. */
    JSON
  }
}
