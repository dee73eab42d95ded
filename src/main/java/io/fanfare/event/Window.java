package io.fanfare.event;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bounded room in memory for one webhook's deliveries. The ingest verticles take permits when
 * they build a flush; without one a delivery is spilled: inserted as waiting, and fetched later
 * when there is room. Thread-safe, because ingest, delivery and outcome verticles of different
 * loops meet here.
 *
 * <pre>
 *            no permit, or gate shut                 all spilling flushes ended,
 *  direct ─────────────────────────────► spilling ─────────────────────────────► direct
 *                                                     and one more page was empty
 * </pre>
 *
 * While spilling, new deliveries are spilled even if there are permits: those that wait come first.
 */
public final class Window {
  /** What a delivery takes beside its payload, about. */
  public static final int BESIDE_PAYLOAD = 256;

  private final HeldBytes held;
  private final AtomicInteger free;
  private final AtomicInteger spillsOpen = new AtomicInteger();
  private final AtomicLong spillsBegun = new AtomicLong();
  private volatile boolean shut;
  private volatile boolean spilling;
  private volatile boolean hungry;

  /** A window of this many deliveries. */
  public Window(int permits, HeldBytes held) {
    this.free = new AtomicInteger(permits);
    this.held = held;
  }

  /**
   * Takes a permit for a delivery that goes straight to memory; false means spill it.
   *
   * @param bytes of its payload
   */
  public boolean tryHold(int bytes) {
    if (shut || spilling) {
      return false;
    }
    if (held.isFull() || !take()) {
      spilling = true;
      return false;
    }
    held.add(bytes + BESIDE_PAYLOAD);
    return true;
  }

  /**
   * Takes up to this many permits for deliveries that will be fetched; their bytes are told by
   * {@link #fetched}.
   */
  public int holdUpTo(int wanted) {
    int taken = 0;
    while (taken < wanted && (taken == 0 || !held.isFull()) && take()) {
      taken++;
    }
    return taken;
  }

  /** A delivery was fetched on a permit taken before. */
  public void fetched(int bytes) {
    held.add(bytes + BESIDE_PAYLOAD);
  }

  /** Gives back permits for which nothing was fetched. */
  public void unused(int permits) {
    free.addAndGet(permits);
  }

  /** Gives back the permit of one delivery. */
  public void release(int bytes) {
    held.add(-bytes - BESIDE_PAYLOAD);
    free.incrementAndGet();
  }

  /** A flush that spills deliveries of this webhook is being built. */
  public void spillBegun() {
    spillsBegun.incrementAndGet();
    spillsOpen.incrementAndGet();
  }

  /** That flush has ended, committed or not. */
  public void spillEnded() {
    spillsOpen.decrementAndGet();
  }

  /**
   * What to show to {@link #stopSpilling} after a page that was asked for from now on came back
   * empty; negative while a spilling flush is open, whose rows that page might miss.
   */
  public long spillToken() {
    long begun = spillsBegun.get();
    return spillsOpen.get() == 0 ? begun : -1;
  }

  /** Ends spilling, unless a flush has spilled since the token was taken. */
  public boolean stopSpilling(long token) {
    if (token < 0 || token != spillsBegun.get()) {
      return false;
    }
    spilling = false;
    // A flush that began between the check and the line above has spilled; its commit wakes the
    // webhook again.
    return true;
  }

  /** Whether new deliveries are spilled. */
  public boolean isSpilling() {
    return spilling;
  }

  /**
   * Shuts the gate while the circuit is open or the webhook inactive: everything new waits in the
   * database.
   */
  public void shut(boolean value) {
    shut = value;
  }

  /** Asks to be woken when a permit comes back. */
  public void hungry() {
    hungry = true;
  }

  /** Whether somebody asked to be woken; asking answers once. */
  public boolean takeHunger() {
    if (!hungry) {
      return false;
    }
    hungry = false;
    return true;
  }

  /** Permits left. */
  public int free() {
    return free.get();
  }

  private boolean take() {
    int now = free.get();
    while (now > 0) {
      if (free.compareAndSet(now, now - 1)) {
        return true;
      }
      now = free.get();
    }
    return false;
  }
}
