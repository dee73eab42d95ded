package io.fanfare.api;

import io.fanfare.config.LiveConfig;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open streams of all event loops: so many at a time, and all closed at once. Thread-safe. */
public final class LiveStreams {
  private final LiveConfig config;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private boolean closed;

  public LiveStreams(LiveConfig config) {
    this.config = config;
  }

  /** The bounds of each. */
  LiveConfig config() {
    return config;
  }

  /** Takes one more; false where there is no room for it. */
  synchronized boolean add(EventStream stream) {
    if (closed || open.size() >= config.streamsMax()) {
      return false;
    }
    return open.add(stream);
  }

  /** It is closed. */
  void remove(EventStream stream) {
    open.remove(stream);
  }

  /** How many are open. */
  public int count() {
    return open.size();
  }

  /** The service shuts down: ends all of them, and takes no more. */
  public synchronized void close() {
    closed = true;
    open.forEach(EventStream::closeForShutdown);
  }
}
