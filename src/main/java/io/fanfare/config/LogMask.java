package io.fanfare.config;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;

/**
 * {@code %mask(…){line}} of a pattern: what stands between the parentheses, without control
 * characters, as one line; {@code %mask(…){lines}} as lines, such as those of an exception. Logback
 * takes a {@code %} right behind the parenthesis for text, so neither can be left out.
 */
public final class LogMask extends CompositeConverter<ILoggingEvent> {

  /** Made by the log itself, which needs it to be public. */
  public LogMask() {}

  @Override
  protected String transform(ILoggingEvent event, String text) {
    return "lines".equals(getFirstOption()) ? LogText.lines(text) : LogText.line(text);
  }
}
