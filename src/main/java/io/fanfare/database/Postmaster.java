package io.fanfare.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The server process that {@code postmaster.pid} names.
 *
 * @param port where it listens
 * @param ready whether it takes connections; else it starts or stops
 */
record Postmaster(long pid, int port, boolean ready) {
  // Lines of the file, see src/include/utils/pidfile.h of PostgreSQL.
  private static final int PID_LINE = 0;
  private static final int PORT_LINE = 3;
  private static final int STATUS_LINE = 7;

  /** The process that serves a data folder; empty where none does, also when its file is stale. */
  static Optional<Postmaster> of(Path data) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() <= PORT_LINE) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(lines.get(PID_LINE).strip());
      int port = Integer.parseInt(lines.get(PORT_LINE).strip());
      String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
      boolean ready = status.equals("ready");
      return serves(pid, data) ? Optional.of(new Postmaster(pid, port, ready)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether a process is alive and works in the data folder; numbers of dead ones are reused. */
  private static boolean serves(long pid, Path data) throws IOException {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return false;
    }
    Path workingFolder = Path.of("/proc", Long.toString(pid), "cwd");
    try {
      return Files.isSameFile(workingFolder, data);
    } catch (IOException e) {
      // No /proc here, or the process is somebody else's; fall back to its name.
      return process.get().info().command().map(name -> name.endsWith("postgres")).orElse(false);
    }
  }
}
