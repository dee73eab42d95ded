package io.fanfare.event;

import io.fanfare.event.Published.Accepted;
import io.fanfare.id.IdKind;
import io.fanfare.trace.Span;
import io.fanfare.trace.Trace;
import io.fanfare.trace.Tracing;
import io.vertx.core.AsyncResult;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is recorded, from the moment ingest has it until it is answered: a span, and below
 * it one for the commit that holds its events. Their attempts are further spans below it.
 */
final class PublishSpan {
  private final Tracing tracing;
  private final Trace trace;
  private final @Nullable String parentSpanId;
  private final Clock clock;
  private final Instant begin;
  private @Nullable Instant commitBegin;

  private PublishSpan(
      Tracing tracing, Trace trace, @Nullable String parentSpanId, Clock clock, Instant begin) {
    this.tracing = tracing;
    this.trace = trace;
    this.parentSpanId = parentSpanId;
    this.clock = clock;
    this.begin = begin;
  }

  /**
   * Begins one.
   *
   * @param from where the publisher is; null for none
   * @param trace the place of the request
   */
  static PublishSpan begin(Tracing tracing, @Nullable Trace from, Trace trace, Clock clock) {
    return new PublishSpan(
        tracing, trace, from == null ? null : from.spanId(), clock, clock.instant());
  }

  /** Its flush is on its way to the database. */
  void committing() {
    commitBegin = clock.instant();
  }

  /** The publisher is answered. */
  void answered(AsyncResult<Published> answer) {
    Instant end = clock.instant();
    List<Accepted> accepted = answer.succeeded() ? answer.result().accepted() : List.of();
    Map<String, Object> attributes =
        accepted.size() == 1
            ? Map.of(
                "fanfare.event_id", IdKind.EVENT.format(accepted.get(0).id()),
                "fanfare.event_type", accepted.get(0).type(),
                "fanfare.deliveries", accepted.get(0).deliveries())
            : Map.of("fanfare.events", accepted.size());
    tracing.ended(
        new Span(
            trace,
            parentSpanId,
            "publish",
            Span.Kind.SERVER,
            begin,
            end,
            attributes,
            answer.succeeded() ? null : answer.cause().getMessage()));
    Instant committed = commitBegin;
    if (committed != null && !accepted.isEmpty()) {
      tracing.ended(
          new Span(
              trace.child(),
              trace.spanId(),
              "commit",
              Span.Kind.INTERNAL,
              committed,
              end,
              Map.of("db.system.name", "postgresql"),
              null));
    }
  }
}
