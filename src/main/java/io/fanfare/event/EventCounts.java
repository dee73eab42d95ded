package io.fanfare.event;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many events of a flush there are of each kind and project: what the statistics need of them,
 * in a few places instead of one for each event. Not thread-safe.
 */
final class EventCounts {
  private record Key(short kind, @Nullable String projectId) {}

  private final Map<Key, Integer> counts = new LinkedHashMap<>();

  /**
   * Counts one event.
   *
   * @param kind number of its type and hour, see {@link FlushKinds}
   */
  void add(short kind, @Nullable String projectId) {
    counts.merge(new Key(kind, projectId), 1, Integer::sum);
  }

  /** Numbers of types and hours. The arrays are parallel. */
  Short[] kinds() {
    return counts.keySet().stream().map(Key::kind).toArray(Short[]::new);
  }

  /** Null where there is no project. */
  String[] projects() {
    return counts.keySet().stream().map(Key::projectId).toArray(String[]::new);
  }

  Integer[] counts() {
    return counts.values().toArray(Integer[]::new);
  }
}
