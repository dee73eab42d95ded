package io.fanfare.trace;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what becomes of spans. */
final class CountingListener implements SpanListener {
  private final AtomicInteger exported = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();

  @Override
  public void exported(int spans) {
    exported.addAndGet(spans);
  }

  @Override
  public void dropped(int spans) {
    dropped.addAndGet(spans);
  }

  int exported() {
    return exported.get();
  }

  int dropped() {
    return dropped.get();
  }
}
