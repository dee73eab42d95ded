package io.fanfare.config;

import java.util.regex.Pattern;

/**
 * What a stranger sent may stand in a message. It must not look like another line, nor speak to a
 * terminal: control and format characters are masked, whatever the form of the log.
 */
final class LogText {
  // The last is what has no UTF-8 form.
  private static final Pattern LINE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");
  private static final Pattern LINES =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}&&[^\\n\\t]]");

  private LogText() {}

  /** As one line. */
  static String line(String text) {
    return LINE.matcher(text).replaceAll("?");
  }

  /** As lines, such as those of an exception. */
  static String lines(String text) {
    return LINES.matcher(text).replaceAll("?");
  }
}
