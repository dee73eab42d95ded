package io.fanfare.trace;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that has ended, for a collector.
 *
 * @param trace its own place
 * @param parentSpanId the span that caused it; null for the first one of a trace
 * @param attributes texts, whole numbers and booleans, by names of OpenTelemetry's conventions or
 *     of ours, which begin with {@code fanfare.}
 * @param error what was wrong; null where nothing was
 */
public record Span(
    Trace trace,
    @Nullable String parentSpanId,
    String name,
    Kind kind,
    Instant begin,
    Instant end,
    Map<String, Object> attributes,
    @Nullable String error) {

  /** On which side of a call it is (OTLP, {@code Span.SpanKind}). */
  public enum Kind {
    INTERNAL(1),
    SERVER(2),
    CLIENT(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
