package io.fanfare.config;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * {@code %fields} of a pattern: the key-value pairs of a log line, each as {@code key=value} with a
 * blank before it; nothing where there are none. Values with a blank or a quote stand in quotes.
 */
public final class LogFields extends ClassicConverter {

  /** Made by the log itself, which needs it to be public. */
  public LogFields() {}

  @Override
  public String convert(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs == null || pairs.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (KeyValuePair pair : pairs) {
      text.append(' ').append(pair.key).append('=').append(shown(String.valueOf(pair.value)));
    }
    return text.toString();
  }

  private static String shown(String value) {
    boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c == ' ' || c == '"');
    return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
