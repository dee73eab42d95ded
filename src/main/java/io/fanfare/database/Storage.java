package io.fanfare.database;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the database takes of the disk.
 *
 * @param databaseBytes all of the database
 * @param days the kept days, the oldest first
 * @param growthBytesPerDay mean of the last whole days, at most seven; null before there is one
 * @param expectedBytes what the database will take once as many days are kept as shall be; null
 *     where the growth is not known
 * @param freeBytes on the disk of the embedded database; null for an external one
 * @param daysUntilFull at the present growth; null unless the outlook is {@link Outlook#FILLS}
 */
public record Storage(
    long databaseBytes,
    List<Day> days,
    @Nullable Long growthBytesPerDay,
    @Nullable Long expectedBytes,
    @Nullable Long freeBytes,
    @Nullable Double daysUntilFull,
    Outlook outlook) {

  /** How it goes on. */
  public enum Outlook {
    /** The database is somebody else's; its disk is not known. */
    EXTERNAL,
    /** There is no whole day yet. */
    UNKNOWN,
    /** Retention keeps it within the disk. */
    FITS,
    /** The disk is full before retention keeps pace. */
    FILLS
  }

  /** What a UTC day takes, indexes included. */
  public record Day(LocalDate day, long eventBytes, long deliveryBytes, long attemptBytes) {
    /** All of it. */
    public long bytes() {
      return eventBytes + deliveryBytes + attemptBytes;
    }
  }

  /**
   * Judges what was measured.
   *
   * @param keepDays how many whole days are kept, beside the one that runs
   */
  static Storage of(
      long databaseBytes,
      List<Day> days,
      LocalDate today,
      long keepDays,
      @Nullable Long freeBytes) {
    List<Day> past = days.stream().filter(day -> !day.day().isAfter(today)).toList();
    List<Day> whole = past.stream().filter(day -> day.day().isBefore(today)).toList();
    List<Day> last = whole.subList(Math.max(0, whole.size() - 7), whole.size());
    if (last.isEmpty()) {
      Outlook outlook = freeBytes == null ? Outlook.EXTERNAL : Outlook.UNKNOWN;
      return new Storage(databaseBytes, past, null, null, freeBytes, null, outlook);
    }
    long growth = last.stream().mapToLong(Day::bytes).sum() / last.size();
    long kept = past.stream().mapToLong(Day::bytes).sum();
    long expected = databaseBytes - kept + Math.max(kept, growth * (keepDays + 1));
    if (freeBytes == null) {
      return new Storage(databaseBytes, past, growth, expected, null, null, Outlook.EXTERNAL);
    }
    if (expected - databaseBytes <= freeBytes || growth == 0) {
      return new Storage(databaseBytes, past, growth, expected, freeBytes, null, Outlook.FITS);
    }
    double until = Math.round(freeBytes * 10.0 / growth) / 10.0;
    return new Storage(databaseBytes, past, growth, expected, freeBytes, until, Outlook.FILLS);
  }
}
