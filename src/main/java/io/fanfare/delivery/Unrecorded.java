package io.fanfare.delivery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many attempts have ended whose outcome is not written down yet. Beyond the bound no attempt
 * starts: a service that is killed sends such deliveries a second time, and a database that is
 * slower than the receivers must not make them many. Thread-safe, because attempts end and outcomes
 * are committed on different loops.
 */
public final class Unrecorded {
  private final int max;
  private final AtomicInteger count = new AtomicInteger();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param max from this many on no attempt starts; those on their way may still add to it
   */
  public Unrecorded(int max) {
    this.max = max;
  }

  /** An attempt has ended. */
  void add() {
    count.incrementAndGet();
  }

  /** The outcomes of so many attempts are committed. */
  public void remove(int outcomes) {
    int before = count.getAndAdd(-outcomes);
    if (before >= max && before - outcomes < max) {
      listeners.forEach(Runnable::run);
    }
  }

  /** Whether no attempt may start. Whoever is told so is called when that has changed. */
  boolean isFull() {
    return count.get() >= max;
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }

  /** Calls this, on whatever thread, each time when attempts may start again. */
  void whenRoom(Runnable listener) {
    listeners.add(listener);
  }
}
