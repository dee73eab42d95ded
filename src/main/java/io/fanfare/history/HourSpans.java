package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The parts of a range of ids in which a search can find something: those of some hours. Hours that
 * follow each other are one part.
 */
final class HourSpans {
  private final List<UUID> from = new ArrayList<>();
  private final List<UUID> to = new ArrayList<>();

  private HourSpans() {}

  /**
   * The parts of some hours.
   *
   * @param hours since 1970
   * @param first smallest id searched for
   * @param end smallest id beyond
   */
  static HourSpans of(Collection<Long> hours, UUID first, UUID end) {
    NavigableSet<Long> sorted = new TreeSet<>(hours);
    HourSpans spans = new HourSpans();
    Long start = null;
    for (Long hour : sorted) {
      if (start == null) {
        start = hour;
      }
      if (!sorted.contains(hour + 1)) {
        spans.add(start, hour + 1, first, end);
        start = null;
      }
    }
    return spans;
  }

  private void add(long fromHour, long toHour, UUID first, UUID end) {
    UUID low = IdGenerator.floorOf(fromHour * TimeRange.MILLIS_PER_HOUR);
    UUID high = IdGenerator.floorOf(toHour * TimeRange.MILLIS_PER_HOUR);
    from.add(IdGenerator.ORDER.compare(low, first) < 0 ? first : low);
    to.add(IdGenerator.ORDER.compare(high, end) > 0 ? end : high);
  }

  /** Smallest ids of the parts. */
  UUID[] from() {
    return from.toArray(UUID[]::new);
  }

  /** Smallest ids after the parts. */
  UUID[] to() {
    return to.toArray(UUID[]::new);
  }
}
