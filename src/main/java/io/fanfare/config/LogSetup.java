package io.fanfare.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.LoggerFactory;

/**
 * Puts {@link LogConfig} into effect. Only the program does: an application that deploys Fanfare
 * keeps its own logging.
 */
public final class LogSetup {
  private LogSetup() {}

  /** From now on log lines have this level and this form. */
  public static void apply(LogConfig config) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      apply(context, config);
    }
  }

  static void apply(LoggerContext context, LogConfig config) {
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(config.level().name()));
    if (config.attempts()) {
      // Whoever asks for these lines gets them, whatever else is logged.
      context.getLogger(LogConfig.ATTEMPTS).setLevel(Level.INFO);
    }
    if (config.format() == LogConfig.Format.JSON) {
      root.iteratorForAppenders().forEachRemaining(LogSetup::encodeAsJson);
    }
  }

  private static void encodeAsJson(Appender<ILoggingEvent> appender) {
    if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
      JsonLines encoder = new JsonLines();
      encoder.setContext(stream.getContext());
      encoder.start();
      stream.stop();
      stream.setEncoder(encoder);
      stream.start();
    }
  }
}
