package io.fanfare.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, run to its end as a person would run it. */
final class FanfareCommand {
  private static final long LIMIT_SECONDS = 120;

  private FanfareCommand() {}

  /** What it said, and how it ended. */
  record Ended(int exitCode, List<String> out, List<String> err) {
    /** The only line of standard error, where that is all it said. */
    String sentence() {
      if (err.size() != 1 || !out.isEmpty()) {
        throw new AssertionError("not one sentence: out " + out + ", err " + err);
      }
      return err.get(0);
    }
  }

  /** Starts it; whoever does ends it. */
  static Process start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.fanfare.cli.Main"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out.txt").toFile())
            .redirectError(folder.resolve("err.txt").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FANFARE_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end in a folder, where its two outputs are kept. */
  static Ended run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(folder, environment, arguments);
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("it does not end: " + out(folder) + err(folder));
    }
    return new Ended(process.exitValue(), out(folder), err(folder));
  }

  /** What it has said so far on standard output. */
  static List<String> out(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("out.txt"));
  }

  /** What it has said so far on standard error. */
  static List<String> err(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("err.txt"));
  }
}
