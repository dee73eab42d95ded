package io.fanfare.api;

/**
 * Bounds the bytes of request bodies that are in memory at a time, over all connections.
 * Thread-safe.
 */
public interface BodyBudget {
  /** Takes room for bytes that have arrived; false when there is none, then nothing was taken. */
  boolean take(int bytes);

  /** Gives room back. */
  void give(int bytes);

  /** No bound beside the limit of one body. */
  static BodyBudget unlimited() {
    return new BodyBudget() {
      @Override
      public boolean take(int bytes) {
        return true;
      }

      @Override
      public void give(int bytes) {}
    };
  }
}
