package io.fanfare.event;

import java.util.concurrent.ConcurrentHashMap;

/** The windows of all webhooks that had work since the start. Thread-safe. */
public final class Windows {
  private final ConcurrentHashMap<Integer, Window> windows = new ConcurrentHashMap<>();
  private final int permits;
  private final HeldBytes held;

  /** Windows of this many deliveries each, together within the bytes. */
  public Windows(int permits, HeldBytes held) {
    this.permits = permits;
    this.held = held;
  }

  /** The webhook's window, made when first asked for. */
  public Window of(int webhook) {
    Window window = windows.get(webhook);
    return window != null
        ? window
        : windows.computeIfAbsent(webhook, number -> new Window(permits, held));
  }

  /** Forgets a deleted webhook. */
  public void remove(int webhook) {
    windows.remove(webhook);
  }

  /** Deliveries in memory, of all webhooks; adds all windows up. */
  public long held() {
    long held = 0;
    for (Window window : windows.values()) {
      held += permits - window.free();
    }
    return held;
  }

  /** Payload bytes in memory, of all webhooks. */
  public long heldBytes() {
    return held.bytes();
  }
}
