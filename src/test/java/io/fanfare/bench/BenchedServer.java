package io.fanfare.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** The PostgreSQL of a benchmark's service. */
interface BenchedServer {
  /** What says where an external one is. */
  String URL = "FANFARE_DATABASE_URL";

  /** The external one that the environment names, or an embedded one in a folder. */
  static BenchedServer of(Path folder) {
    String url = System.getenv().getOrDefault(URL, "");
    return url.isEmpty() ? new Embedded(folder) : new ExternalServer(url);
  }

  /** Sees to it that nothing is in its database. */
  void empty() throws IOException;

  /** What tells a service to use it. */
  Map<String, String> environment();

  /** The URL of its database, as soon as a service has started. */
  String url() throws IOException;

  /** CPU of the server and its processes so far, in microseconds; not a number where unknown. */
  double cpuMicros() throws IOException;

  /**
   * Ends it as {@code kill -9} does.
   *
   * @return whether it could be ended
   */
  boolean kill() throws IOException;

  /** One that the service starts by itself. */
  record Embedded(Path folder) implements BenchedServer {
    @Override
    public void empty() throws IOException {
      if (Files.notExists(folder)) {
        return;
      }
      try (Stream<Path> found = Files.walk(folder)) {
        for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }

    @Override
    public Map<String, String> environment() {
      return Map.of("FANFARE_DATABASE_EMBEDDED_DIR", folder.toString());
    }

    @Override
    public String url() throws IOException {
      return "postgresql://fanfare:%s@127.0.0.1:%s/fanfare"
          .formatted(
              Files.readString(folder.resolve("password")).trim(),
              Files.readString(folder.resolve("port")).trim());
    }

    @Override
    public double cpuMicros() throws IOException {
      return CpuClock.family(pid());
    }

    @Override
    public boolean kill() throws IOException {
      ProcessHandle.of(pid())
          .ifPresent(
              server -> {
                server.destroyForcibly();
                server.onExit().join();
              });
      return true;
    }

    private long pid() throws IOException {
      return Long.parseLong(
          Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0).trim());
    }
  }
}
