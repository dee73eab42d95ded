package io.fanfare.delivery;

/**
 * Whether webhooks wait for the place of another one, and who makes room. Verticles tell it on
 * their own threads.
 */
interface Crowd {
  /** Whether somebody waits for a place; then idle verticles leave at once. */
  boolean isCrowded();

  /** A verticle has nothing to do, so that it may leave. */
  void atRest(int webhook);

  /** A verticle waits for its receiver to come back: others shall not wait for that. */
  void blocked(int webhook);
}
