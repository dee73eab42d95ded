package io.fanfare.config;

/** What is logged, and in which form. */
public record LogConfig(Level level, Format format) {

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
