package io.fanfare.outcome;

import java.util.ArrayList;
import java.util.List;

/**
 * What is recorded, for whoever listens at this moment. Nothing is kept: who does not listen has
 * missed it. Thread-safe; while nobody listens it costs each flush one read of a field.
 */
public final class Feed {
  private volatile List<Watcher> watchers = List.of();

  /** Somebody who listens. */
  public interface Watcher {
    /**
     * These were recorded in one flush, in the order in which they ended. Called on the thread of
     * the flush: must not block, and must not throw.
     */
    void recorded(List<FeedEntry> entries);
  }

  /** Whether anybody listens. */
  boolean isWatched() {
    return !watchers.isEmpty();
  }

  /** Tells this one of all that is recorded from now on. */
  public synchronized void watch(Watcher watcher) {
    List<Watcher> more = new ArrayList<>(watchers);
    more.add(watcher);
    watchers = List.copyOf(more);
  }

  /** Tells it of nothing any more. */
  public synchronized void unwatch(Watcher watcher) {
    List<Watcher> fewer = new ArrayList<>(watchers);
    fewer.remove(watcher);
    watchers = List.copyOf(fewer);
  }

  void recorded(List<FeedEntry> entries) {
    if (!entries.isEmpty()) {
      watchers.forEach(watcher -> watcher.recorded(entries));
    }
  }
}
