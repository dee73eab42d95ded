package io.fanfare.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes new files survive a loss of power. Without it a file system may keep their names and not
 * their content for half a minute: empty programs, which the system runs as empty scripts that
 * succeed.
 */
final class Durable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private Durable() {}

  /** Returns when everything below a folder is on the disk. */
  static void folder(Path folder) throws IOException {
    // One call of the system for a thousand files, where there is the program for it.
    if (!isSynced(folder)) {
      try (Stream<Path> below = Files.walk(folder)) {
        for (Path file :
            below.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
          file(file);
        }
      }
    }
  }

  private static boolean isSynced(Path folder) {
    try {
      return Command.run(LIMIT, List.of("sync", "-f", folder.toString())).succeeded();
    } catch (IOException missing) {
      return false;
    }
  }

  /** Returns when the content of a file is on the disk. */
  static void file(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
