package io.fanfare.node;

/**
 * This process's exclusive right to deliver. Every statement that ingest and outcomes commit
 * carries the epoch and does nothing once another process has raised it. Thread-safe.
 */
public final class Fence {
  private final long epoch;
  private final Runnable onLost;
  private volatile boolean lost;
  private volatile boolean suspended;

  /** The right was lost: another process delivers now. */
  public static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says so. */
    public LostException() {
      super("another Fanfare process has taken over this database");
    }
  }

  /**
   * @param epoch as the node row has it since this process took over
   * @param onLost called once, from any thread, when the right is lost
   */
  public Fence(long epoch, Runnable onLost) {
    this.epoch = epoch;
    this.onLost = onLost;
  }

  /** The epoch that statements must carry. */
  public long epoch() {
    return epoch;
  }

  /** Whether this process may start attempts. */
  public boolean isHeld() {
    return !lost && !suspended;
  }

  /** The lock's connection broke: another process may take over until {@link #resume}. */
  void suspend() {
    suspended = true;
  }

  /** The lock is ours again, and nobody took over in between. */
  void resume() {
    suspended = false;
  }

  /** Somebody noticed that the right is lost for good. */
  public void lost() {
    boolean first;
    synchronized (this) {
      first = !lost;
      lost = true;
    }
    if (first) {
      onLost.run();
    }
  }
}
