package io.fanfare.trace;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which events are followed, and where the spans go. Whoever publishes within a trace decides
 * whether it is recorded; of the other events a share gets a trace of its own, and the rest none.
 * Thread-safe.
 */
public final class Tracing {
  /** Nothing is recorded: the trace that an event came with goes on to its receivers. */
  public static final Tracing OFF = new Tracing(null, 0);

  private final @Nullable SpanQueue spans;
  private final double sampleRatio;

  private Tracing(@Nullable SpanQueue spans, double sampleRatio) {
    this.spans = spans;
    this.sampleRatio = sampleRatio;
  }

  /**
   * Records spans.
   *
   * @param sampleRatio share of the events that came without a trace, from 0 to 1
   */
  public static Tracing into(SpanQueue spans, double sampleRatio) {
    return new Tracing(spans, sampleRatio);
  }

  /** Whether spans are recorded at all. */
  public boolean isOn() {
    return spans != null;
  }

  /**
   * The place of what is done for a publisher.
   *
   * @param from where the publisher is; null for none
   * @return a new span where it is recorded; else where the publisher is
   */
  public @Nullable Trace join(@Nullable Trace from) {
    if (spans == null) {
      return from;
    }
    if (from != null) {
      return from.sampled() ? from.child() : from;
    }
    return ThreadLocalRandom.current().nextDouble() < sampleRatio ? Trace.begin() : null;
  }

  /** Takes a span for export. Never waits: what has no room is dropped and counted. */
  public void ended(Span span) {
    if (spans != null) {
      spans.add(span);
    }
  }
}
