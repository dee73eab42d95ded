package io.fanfare.event;

import io.fanfare.id.IdGenerator;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The deliveries that this process holds in memory only: each from the moment its id is made until
 * it is ended, has a committed {@code due_at}, or is known not to be committed. Counted by flush,
 * because a flush is made, and mostly ended, as one. What an earlier process held stands before all
 * flushes until it is due.
 *
 * <p>Its low-water mark bounds what a successor must look at: below it no delivery is pending
 * without a {@code due_at}. No clock is involved. Thread-safe: flushes are opened by the ingest
 * verticles and closed by whoever ends a delivery.
 */
public final class OpenSet {
  private final IdGenerator ids;
  private final Flush earlier;
  private final ArrayDeque<Flush> flushes = new ArrayDeque<>();

  /**
   * A set of ids of this generator.
   *
   * @param earlierMark where an earlier process left its mark; what that one held is open too,
   *     until {@link #earlier} is sealed
   */
  public OpenSet(IdGenerator ids, UUID earlierMark) {
    this.ids = ids;
    this.earlier = new Flush(earlierMark);
    flushes.addLast(earlier);
  }

  /** What an earlier process held: to be sealed once all of it is due. */
  public Flush earlier() {
    return earlier;
  }

  /** The deliveries of one flush. */
  public static final class Flush {
    private final UUID first;
    // One more than the open deliveries while the flush is being built, so that it cannot end
    // before it is full.
    private final AtomicInteger open = new AtomicInteger(1);

    private Flush(UUID first) {
      this.first = first;
    }

    /** Adds a delivery; before {@link #sealed} only. */
    public void add() {
      open.incrementAndGet();
    }

    /** No delivery will be added any more. */
    public void sealed() {
      open.decrementAndGet();
    }

    /** One delivery is ended, has a committed due_at, or is known not to be committed. */
    public void closed() {
      open.decrementAndGet();
    }

    boolean isClosed() {
      return open.get() == 0;
    }
  }

  /** Opens a flush: every id that the generator gives from now on is at or above its first. */
  public synchronized Flush open() {
    // Taken inside the lock: flushes stand in the order of their first ids.
    Flush flush = new Flush(ids.next());
    flushes.addLast(flush);
    return flush;
  }

  /** The smallest id that may be open; a fresh id when nothing is. Never goes back. */
  public synchronized UUID mark() {
    Flush oldest = flushes.peekFirst();
    while (oldest != null && oldest.isClosed()) {
      flushes.removeFirst();
      oldest = flushes.peekFirst();
    }
    return oldest == null ? ids.next() : oldest.first;
  }

  /** How many flushes are remembered, closed ones behind an open one included. */
  public synchronized int size() {
    return flushes.size();
  }
}
