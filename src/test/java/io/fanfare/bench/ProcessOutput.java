package io.fanfare.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** How the processes of a benchmark speak with the one that started them: in lines. */
final class ProcessOutput {
  static final String READY = "READY ";

  private ProcessOutput() {}

  static void ready(int port) {
    System.out.println(READY + port);
  }

  /**
   * Runs each line of standard input until it ends. A process that lives through many runs is warm:
   * a cold one would measure its compiler, and take the processor from what is measured.
   */
  static void obey(Consumer<String> line) {
    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
        .lines()
        .forEach(line);
    System.exit(0);
  }

  /** Ends this process with the one that started it, even where that was killed. */
  static void endWithParent() {
    Thread watcher =
        new Thread(
            () -> {
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                  .lines()
                  .forEach(line -> {});
              System.exit(0);
            },
            "bench-parent");
    watcher.setDaemon(true);
    watcher.start();
  }

  static void failed(Throwable failure) {
    System.err.println(failure);
    System.exit(1);
  }
}
