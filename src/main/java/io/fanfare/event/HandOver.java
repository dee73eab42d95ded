package io.fanfare.event;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Committed deliveries for one supervisor, one message per flush. Acknowledged when the supervisor
 * has them; what is not acknowledged in time goes back to the database.
 */
public final class HandOver {
  private final List<Delivery> deliveries;
  private final AtomicBoolean taken = new AtomicBoolean();

  /** Deliveries that hold permits, at least one. */
  public HandOver(List<Delivery> deliveries) {
    this.deliveries = deliveries;
  }

  /** What is handed over. */
  public List<Delivery> deliveries() {
    return deliveries;
  }

  /**
   * Whether the caller has them now: the supervisor, or who gives them back, whoever asks first. In
   * a process that stood still for a while the acknowledgement is overdue before the supervisor
   * gets to read the message, and each would let go of the same permits.
   */
  public boolean take() {
    return taken.compareAndSet(false, true);
  }
}
