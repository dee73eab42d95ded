package io.fanfare.time;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of many things on one event loop, by one timer: setting one and taking it back is
 * linking and unlinking a list element, while a timer of Vert.x for each goes through a priority
 * queue twice. A hashed wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", scheme
 * 6).
 *
 * <p>Nothing runs before its time; it runs two ticks late at the most, and as late as its loop.
 * While nothing is set, nothing ticks. Used from one thread only.
 */
public final class DeadlineWheel {
  private static final int SLOTS = 512;

  private final long tickNanos;
  private final LongSupplier nanos;
  private final Consumer<Runnable> nextTick;
  private final @Nullable Deadline[] slots = new Deadline[SLOTS];
  private long lastTick;
  private int size;
  private boolean ticking;

  /** Something that must have happened by then. */
  public static final class Deadline {
    private final long tick;
    private final Runnable missed;
    private @Nullable DeadlineWheel wheel;
    private @Nullable Deadline earlier;
    private @Nullable Deadline later;

    private Deadline(DeadlineWheel wheel, long tick, Runnable missed) {
      this.wheel = wheel;
      this.tick = tick;
      this.missed = missed;
    }

    /** It was met. Does nothing where it was met or missed before. */
    public void met() {
      DeadlineWheel home = wheel;
      if (home != null) {
        home.unlink(this);
      }
    }
  }

  /**
   * An empty wheel.
   *
   * @param tickMillis half of how late a deadline may be
   * @param nanos a clock such as {@link System#nanoTime}
   * @param nextTick runs what it is given after a tick, on the thread of this wheel
   */
  public DeadlineWheel(int tickMillis, LongSupplier nanos, Consumer<Runnable> nextTick) {
    this.tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMillis);
    this.nanos = nanos;
    this.nextTick = nextTick;
  }

  /**
   * Sets a deadline.
   *
   * @param millis from now on; at least 0
   * @param missed is run once when it has passed, unless it was met
   */
  public Deadline set(long millis, Runnable missed) {
    long now = nanos.getAsLong();
    if (size == 0) {
      lastTick = Math.floorDiv(now, tickNanos);
    }
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    Deadline deadline = new Deadline(this, Math.floorDiv(end, tickNanos) + 1, missed);
    link(deadline);
    if (!ticking) {
      ticking = true;
      nextTick.accept(this::tick);
    }
    return deadline;
  }

  /** How many deadlines are neither met nor missed. */
  public int size() {
    return size;
  }

  private void tick() {
    long now = Math.floorDiv(nanos.getAsLong(), tickNanos);
    List<Deadline> missed = new ArrayList<>();
    // After a long pause of the loop every slot is looked at once, not once per tick missed.
    for (long tick = Math.max(lastTick + 1, now - SLOTS + 1); tick <= now; tick++) {
      Deadline next = slots[slot(tick)];
      while (next != null) {
        Deadline deadline = next;
        next = deadline.later;
        if (deadline.tick <= now) {
          missed.add(deadline);
        }
      }
    }
    try {
      for (Deadline deadline : missed) {
        // One that ran before it may have met it.
        if (deadline.wheel != null) {
          unlink(deadline);
          deadline.missed.run();
        }
      }
      lastTick = now;
    } finally {
      // One that throws must not stop the others: they are looked at again with the next tick.
      ticking = size > 0;
      if (ticking) {
        nextTick.accept(this::tick);
      }
    }
  }

  private static int slot(long tick) {
    return (int) Math.floorMod(tick, (long) SLOTS);
  }

  private void link(Deadline deadline) {
    int slot = slot(deadline.tick);
    Deadline first = slots[slot];
    deadline.later = first;
    if (first != null) {
      first.earlier = deadline;
    }
    slots[slot] = deadline;
    size++;
  }

  private void unlink(Deadline deadline) {
    Deadline earlier = deadline.earlier;
    Deadline later = deadline.later;
    if (earlier == null) {
      slots[slot(deadline.tick)] = later;
    } else {
      earlier.later = later;
    }
    if (later != null) {
      later.earlier = earlier;
    }
    deadline.wheel = null;
    deadline.earlier = null;
    deadline.later = null;
    size--;
  }
}
