package io.fanfare.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the runs of one fault came to.
 *
 * @param accepted events that got a 2xx
 * @param lost accepted events without a delivery that ended
 * @param duplicates receipts after a 2xx
 * @param recoverySeconds longest time from the end of the fault to the next receipt
 * @param peakMebibytes most memory of the service's process; 0 where it is not a process of its own
 */
record Figures(
    String fault,
    int runs,
    long accepted,
    long lost,
    long duplicates,
    double recoverySeconds,
    long peakMebibytes) {

  private static final Path FOLDER = Path.of("target/faults");
  private static final String HEAD =
      """
      | fault | runs | events | lost | duplicates | recovery, s | peak memory, MiB |
      |---|---|---|---|---|---|---|
      """;

  /** These and more runs of the same fault. */
  Figures with(Figures more) {
    return new Figures(
        fault,
        runs + more.runs,
        accepted + more.accepted,
        lost + more.lost,
        duplicates + more.duplicates,
        Math.max(recoverySeconds, more.recoverySeconds),
        Math.max(peakMebibytes, more.peakMebibytes));
  }

  /** Keeps them beside those of other faults, and adds to those of earlier runs. */
  void keep() throws IOException {
    Files.createDirectories(FOLDER);
    Path file = FOLDER.resolve(fault + ".json");
    Figures all = Files.exists(file) ? read(file).with(this) : this;
    Files.writeString(file, JsonObject.mapFrom(all).encode());
  }

  private static Figures read(Path file) throws IOException {
    return new JsonObject(Files.readString(file)).mapTo(Figures.class);
  }

  /** The table of all that was kept. */
  static String table() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      return HEAD;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(FOLDER)) {
      files = new ArrayList<>(listed.filter(f -> f.toString().endsWith(".json")).sorted().toList());
    }
    StringBuilder table = new StringBuilder(HEAD);
    for (Path file : files) {
      table.append(read(file).row()).append('\n');
    }
    return table.toString();
  }

  private String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,d | %d | %d | %s | %s |",
        fault,
        runs,
        accepted,
        lost,
        duplicates,
        recoverySeconds > 0 ? String.format(Locale.ROOT, "%.1f", recoverySeconds) : "–",
        peakMebibytes > 0 ? Long.toString(peakMebibytes) : "–");
  }
}
