package io.fanfare.faults;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher knows of its events, each under a mark of its own that stands in its data.
 * Thread-safe.
 */
final class ProducerLog {
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();

  /** What became of an event. */
  enum Fate {
    /** It got a 2xx. */
    ACCEPTED,
    /** It got an answer which says that it was not accepted. */
    REFUSED,
    /** It got no answer, or one that leaves it open. */
    INDETERMINATE
  }

  /**
   * An event.
   *
   * @param data the bytes that were posted
   * @param event its id, once it is accepted
   */
  record Entry(String data, Fate fate, @Nullable String event) {}

  /** It is on its way. */
  void submitted(String mark, String data) {
    entries.putIfAbsent(mark, new Entry(data, Fate.INDETERMINATE, null));
  }

  /** It was accepted, for the first time or again. */
  void accepted(String mark, String event) {
    Entry before = entry(mark);
    if (before.event() != null && !before.event().equals(event)) {
      contradictions.add(mark + " was accepted as " + before.event() + " and as " + event);
    }
    entries.put(mark, new Entry(before.data(), Fate.ACCEPTED, event));
  }

  /** It was not accepted. */
  void refused(String mark) {
    Entry before = entry(mark);
    if (before.fate() != Fate.ACCEPTED) {
      entries.put(mark, new Entry(before.data(), Fate.REFUSED, null));
    }
  }

  private Entry entry(String mark) {
    Entry entry = entries.get(mark);
    if (entry == null) {
      throw new IllegalArgumentException(mark + " was never submitted");
    }
    return entry;
  }

  /** All that was submitted, by mark. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** Keys whose request was accepted as two events. */
  Queue<String> contradictions() {
    return contradictions;
  }

  /** Ids of the events that got a 2xx. */
  Set<String> accepted() {
    return entries.values().stream()
        .filter(e -> e.fate() == Fate.ACCEPTED)
        .map(Entry::event)
        .collect(Collectors.toSet());
  }
}
