package io.fanfare.database;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A finished program.
 *
 * @param exitCode −1 where it was ended because it took too long
 * @param output both of its outputs
 */
record Command(int exitCode, String output) {

  boolean succeeded() {
    return exitCode == 0;
  }

  /**
   * Runs a program to its end. Its output goes through a file: a server that it leaves behind would
   * keep a pipe open for ever.
   *
   * @throws IOException where it cannot be started at all
   */
  static Command run(Duration limit, List<String> words) throws IOException {
    Path output = Files.createTempFile("fanfare-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(Redirect.from(new File("/dev/null")))
              // A server that keeps our working folder busy would surprise.
              .directory(new File("/"));
      // Ours holds secrets, and names beginning with PG that would change what PostgreSQL does.
      builder.environment().keySet().retainAll(Set.of("PATH", "LD_LIBRARY_PATH", "TMPDIR"));
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
      return new Command(ended ? process.exitValue() : -1, text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + words.get(0) + " ran", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
