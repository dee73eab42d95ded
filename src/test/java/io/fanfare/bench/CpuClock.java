package io.fanfare.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Reads CPU time from {@code /proc}, in microseconds, user and system together. */
final class CpuClock {
  private static final long MICROS_PER_TICK = 10_000; // USER_HZ is 100 on every Linux
  private static final int UTIME = 11;
  private static final int PARENT = 1;

  private CpuClock() {}

  /** CPU of one process. */
  static long process(long pid) throws IOException {
    return micros(Path.of("/proc/" + pid + "/stat"), UTIME, 2);
  }

  /** CPU of a process, of its children that live, and of those it has waited for. */
  static long family(long parent) throws IOException {
    long sum = micros(Path.of("/proc/" + parent + "/stat"), UTIME, 4);
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path path : (Iterable<Path>) all::iterator) {
        if (path.getFileName().toString().chars().allMatch(Character::isDigit)
            && parentOf(path) == parent) {
          sum += micros(path.resolve("stat"), UTIME, 2);
        }
      }
    }
    return sum;
  }

  /** The parent of a process; -1 where there is none. */
  static long parent(long pid) {
    return parentOf(Path.of("/proc/" + pid));
  }

  private static long parentOf(Path process) {
    try {
      return Long.parseLong(fields(process.resolve("stat"))[PARENT]);
    } catch (IOException e) {
      return -1; // ended between the listing and now
    }
  }

  private static long micros(Path stat, int from, int fields) {
    try {
      String[] values = fields(stat);
      long ticks = 0;
      for (int i = 0; i < fields; i++) {
        ticks += Long.parseLong(values[from + i]);
      }
      return ticks * MICROS_PER_TICK;
    } catch (IOException e) {
      return 0; // ended between the listing and now
    }
  }

  /** The fields behind the name, which may have blanks: the first is the state. */
  private static String[] fields(Path stat) throws IOException {
    String text = Files.readString(stat);
    return text.substring(text.lastIndexOf(')') + 2).split(" ");
  }
}
