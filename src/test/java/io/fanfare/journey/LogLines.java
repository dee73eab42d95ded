package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/** What the program writes to its log, in the form in which it does. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  // One line, and the indented ones of an exception.
  private static final Pattern HARMLESS =
      Pattern.compile("\\d{4}-[^\\p{Cntrl}]*\n(?: {2}[^\\p{Cntrl}]*(?:\t[^\\p{Cntrl}]*)*\n)*");
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\n\\t]]");

  private final Logger logger;
  private final Encoder<ILoggingEvent> encoder;
  private final Queue<String> entries = new ConcurrentLinkedQueue<>();

  private LogLines(Logger logger, Encoder<ILoggingEvent> encoder) {
    this.logger = logger;
    this.encoder = encoder;
  }

  /** Listens to the root logger from now on. */
  public static LogLines of(Logger root) {
    Encoder<ILoggingEvent> encoder =
        ((OutputStreamAppender<ILoggingEvent>) root.getAppender("ERR")).getEncoder();
    LogLines lines = new LogLines(root, encoder);
    lines.setContext(root.getLoggerContext());
    lines.start();
    root.addAppender(lines);
    return lines;
  }

  @Override
  protected void append(ILoggingEvent event) {
    entries.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
  }

  /** All that was written. */
  public Queue<String> entries() {
    return entries;
  }

  /** Nothing that was written forges a line or speaks to a terminal. */
  public void assertHarmless() {
    for (String entry : entries) {
      assertThat(entry).matches(HARMLESS);
      assertThat(CONTROL.matcher(entry).find()).as(entry).isFalse();
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
