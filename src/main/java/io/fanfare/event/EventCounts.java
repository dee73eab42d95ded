package io.fanfare.event;

import io.fanfare.id.IdGenerator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many events of a flush there are of each hour, type and project: what the statistics need of
 * them, in a few places instead of one for each event.
 */
final class EventCounts {
  private static final long MILLIS_PER_HOUR = 3_600_000;

  private record Key(long hour, String type, @Nullable String projectId) {}

  private final Map<Key, Integer> counts = new LinkedHashMap<>();

  private EventCounts() {}

  static EventCounts of(List<Flush.Entry> events) {
    EventCounts all = new EventCounts();
    for (Flush.Entry entry : events) {
      Event event = entry.event();
      long hour = IdGenerator.millis(event.id()) / MILLIS_PER_HOUR;
      all.counts.merge(new Key(hour, event.type(), event.projectId()), 1, Integer::sum);
    }
    return all;
  }

  /** Hours since 1970 in which they were accepted. The arrays are parallel. */
  Long[] hours() {
    return counts.keySet().stream().map(Key::hour).toArray(Long[]::new);
  }

  String[] types() {
    return counts.keySet().stream().map(Key::type).toArray(String[]::new);
  }

  /** Null where there is no project. */
  String[] projects() {
    return counts.keySet().stream().map(Key::projectId).toArray(String[]::new);
  }

  Integer[] counts() {
    return counts.values().toArray(Integer[]::new);
  }
}
