package io.fanfare.outcome;

import io.fanfare.delivery.Outcome;
import io.fanfare.delivery.Report;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.Webhook;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that ended and is recorded, with what follows from it.
 *
 * @param webhook the one that it was sent for
 * @param attempt counted from 1, probes included
 * @param probe whether it was the probe of an open circuit
 * @param kind what it met
 * @param responseCode null without an answer, like the next one
 * @param responseMillis first byte written to response head
 * @param error null where it succeeded
 * @param startedAtMillis milliseconds since 1970
 * @param endedAtMillis likewise
 * @param nextAtMillis when the next attempt is due; 0 where there is none
 * @param parent the span of its event; null where that belongs to no trace, like the next one
 * @param trace the attempt's own place
 */
public record FeedEntry(
    Webhook webhook,
    UUID delivery,
    UUID event,
    String eventType,
    Next next,
    int attempt,
    boolean probe,
    Outcome.Kind kind,
    @Nullable Integer responseCode,
    @Nullable Integer responseMillis,
    @Nullable String error,
    long startedAtMillis,
    long endedAtMillis,
    long nextAtMillis,
    @Nullable Trace parent,
    @Nullable Trace trace) {

  /** Of a report; null where no attempt was made. */
  static @Nullable FeedEntry of(Report report, Settlement settlement) {
    Outcome outcome = report.outcome();
    Webhook webhook = report.sentAs();
    if (outcome == null || webhook == null) {
      return null;
    }
    return new FeedEntry(
        webhook,
        report.delivery().id(),
        report.delivery().event().id(),
        report.delivery().event().type(),
        settlement.next(),
        settlement.attempts(),
        report.probe(),
        outcome.kind(),
        outcome.responseCode(),
        outcome.responseMillis(),
        settlement.error(),
        outcome.startedAtMillis(),
        outcome.endedAtMillis(),
        settlement.dueAtMillis(),
        report.delivery().event().trace(),
        report.trace());
  }

  /** Whether the receiver accepted. */
  public boolean accepted() {
    return next == Next.SUCCESS;
  }
}
