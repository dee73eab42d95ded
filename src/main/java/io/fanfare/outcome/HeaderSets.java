package io.fanfare.outcome;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which sets of usual headers the database has, day by day, and which it gets with the next flush.
 * Bounded: a day has room for so many; the headers of other answers are kept with their attempts.
 *
 * <p>One per outcome verticle, used on its context only.
 */
final class HeaderSets {
  private static final int A_DAY_MAX = 1_000;
  // Attempts that ended before midnight are written down after it.
  private static final int DAYS_MAX = 2;
  private static final long DAY_MILLIS = 86_400_000L;

  private final TreeMap<Integer, Map<String, HeaderSet>> days = new TreeMap<>();
  private final Set<HeaderSet> stored = new HashSet<>();

  /**
   * A set of headers of a day, by its number.
   *
   * @param number the first 64 bits of the text's SHA-256, so that all processes give the same
   */
  record HeaderSet(int day, long number, String headers) implements Comparable<HeaderSet> {
    private static final Comparator<HeaderSet> KEY_ORDER =
        Comparator.comparingInt(HeaderSet::day).thenComparingLong(HeaderSet::number);

    @Override
    public int compareTo(HeaderSet other) {
      return KEY_ORDER.compare(this, other);
    }
  }

  /**
   * The set of these headers.
   *
   * @param headers a JSON object
   * @param endedAtMillis end of the attempt, which tells the day
   * @return null where the day has no room for it
   */
  @Nullable HeaderSet of(String headers, long endedAtMillis) {
    int day = (int) Math.floorDiv(endedAtMillis, DAY_MILLIS);
    Map<String, HeaderSet> known = days.get(day);
    if (known == null) {
      known = new HashMap<>();
      days.put(day, known);
      if (days.size() > DAYS_MAX) {
        stored.removeAll(days.pollFirstEntry().getValue().values());
      }
    }
    HeaderSet set = known.get(headers);
    if (set == null && known.size() < A_DAY_MAX) {
      set = new HeaderSet(day, number(headers), headers);
      known.put(headers, set);
    }
    return set;
  }

  /** Whether it is certainly in the database. */
  boolean isStored(HeaderSet set) {
    return stored.contains(set);
  }

  /** The sets are committed. */
  void stored(Collection<HeaderSet> committed) {
    stored.addAll(committed);
  }

  private static long number(String text) {
    try {
      return ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
          .getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
