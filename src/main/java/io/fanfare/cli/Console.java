package io.fanfare.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the program says to the person at the terminal, as opposed to what it logs. */
final class Console {
  private static final PrintStream OUT = stream(System.out);
  private static final PrintStream ERR = stream(System.err);

  private Console() {}

  static void line(String text) {
    OUT.println(text);
  }

  static void error(String text) {
    ERR.println(text);
  }

  private static PrintStream stream(PrintStream original) {
    return new PrintStream(original, true, StandardCharsets.UTF_8);
  }
}
