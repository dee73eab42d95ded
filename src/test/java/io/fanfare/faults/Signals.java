package io.fanfare.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals to processes that a test has started. */
final class Signals {
  private Signals() {}

  /** Sends a signal, such as {@code STOP}. */
  static void send(String name, List<Long> processes) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(pid -> command.add(Long.toString(pid)));
    run(command);
  }

  /** Runs a small program that must succeed. */
  static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }
}
