package io.fanfare.event;

import java.util.concurrent.atomic.AtomicLong;

/** Payload bytes in memory, against their bound. Thread-safe. */
public final class HeldBytes {
  private final long max;
  private final AtomicLong held = new AtomicLong();

  /** At most this many bytes, give or take one delivery. */
  public HeldBytes(long max) {
    this.max = max;
  }

  /** Adds bytes, or takes them away when negative. */
  public void add(long bytes) {
    held.addAndGet(bytes);
  }

  /**
   * Adds bytes unless the bound would be passed; an empty budget takes anything, so that nothing is
   * too large for ever.
   */
  public boolean tryAdd(long bytes) {
    long now = held.get();
    while (now == 0 || now + bytes <= max) {
      if (held.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = held.get();
    }
    return false;
  }

  /** Whether the bound is reached. */
  public boolean isFull() {
    return held.get() >= max;
  }

  /** Bytes held now. */
  public long bytes() {
    return held.get();
  }
}
