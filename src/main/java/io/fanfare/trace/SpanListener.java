package io.fanfare.trace;

/** What becomes of spans; the metrics listen. */
public interface SpanListener {
  /** The collector has them. */
  void exported(int spans);

  /** Nobody will have them: there was no room, or the collector did not take them. */
  void dropped(int spans);
}
