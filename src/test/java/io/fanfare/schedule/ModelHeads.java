package io.fanfare.schedule;

/** {@link DueHeads} for the model of the delivery room, which stands in another package. */
public final class ModelHeads {
  private final DueHeads heads = new DueHeads();

  /** See {@link DueHeads#note}. */
  public void note(int webhook, long dueAtMillis) {
    heads.note(webhook, dueAtMillis);
  }

  /** See {@link DueHeads#takeDue}. */
  public int takeDue(long now) {
    return heads.takeDue(now);
  }
}
