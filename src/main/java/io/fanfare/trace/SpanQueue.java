package io.fanfare.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Spans that wait for their export: bounded, because a collector may be slow or away. What does not
 * fit is dropped and counted. Thread-safe, and nobody ever waits here.
 */
public final class SpanQueue {
  private final int max;
  private final int batch;
  private final SpanListener listener;
  private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private volatile Runnable onBatch = () -> {};

  /**
   * @param max most spans that wait
   * @param batch how many are worth an export at once
   * @param listener is told what is dropped
   */
  public SpanQueue(int max, int batch, SpanListener listener) {
    this.max = max;
    this.batch = batch;
    this.listener = listener;
  }

  /** Is run, on any thread, each time that the spans of a batch have come together. */
  void onBatch(Runnable action) {
    onBatch = action;
  }

  void add(Span span) {
    int now = size.incrementAndGet();
    if (now > max) {
      size.decrementAndGet();
      listener.dropped(1);
      return;
    }
    spans.add(span);
    if (now % batch == 0) {
      onBatch.run();
    }
  }

  /** Takes the oldest ones, a batch at most. */
  List<Span> take() {
    List<Span> taken = new ArrayList<>();
    while (taken.size() < batch) {
      Span span = spans.poll();
      if (span == null) {
        break;
      }
      taken.add(span);
    }
    size.addAndGet(-taken.size());
    return taken;
  }

  /** Whether there are enough for a whole batch. */
  boolean hasBatch() {
    return size.get() >= batch;
  }
}
