package io.fanfare.api;

import io.fanfare.delivery.RetryAfter;
import io.fanfare.delivery.Standing;
import io.fanfare.history.AttemptEntry;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTraces;
import io.fanfare.history.WebhookFacts;
import io.fanfare.history.WebhookFacts.CircuitFacts;
import io.fanfare.webhook.CircuitRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a delivery is where it is, and what comes next. Pure: it is judged from what was read, as of
 * one moment.
 *
 * <pre>
 * ended ──► success | failed
 * pending ─┬─ webhook inactive ─────────► blocked until somebody makes it active
 *          ├─ circuit open ─────────────► blocked until a probe goes well
 *          ├─ due in the future ────────► waits: its backoff, or the receiver's Retry-After
 *          ├─ due now, or in memory ────► queued behind others
 *          └─ in memory, not waiting ───► in flight
 * </pre>
 *
 * @param reason a code for programs
 * @param message one sentence for a person
 * @param blockers what must pass before the next request, the one that lasts longest first
 * @param next what happens next
 */
record Explanation(
    State state,
    String reason,
    String message,
    List<Blocker> blockers,
    Next next,
    CircuitFacts circuit) {
  /**
   * How far two clocks of one wait may be apart: a date in {@code Retry-After} has whole seconds.
   */
  private static final Duration SAME_WAIT = Duration.ofSeconds(1);

  /** Where a delivery is. */
  enum State {
    SUCCESS,
    FAILED,
    IN_FLIGHT,
    QUEUED,
    WAITING,
    BLOCKED
  }

  /**
   * What holds a delivery back.
   *
   * @param until when that ends by itself; null where it does not, or nobody knows
   */
  record Blocker(String code, @Nullable Instant until, String message) {}

  /**
   * What happens next.
   *
   * @param action {@code attempt}, {@code probe} or {@code none}
   * @param at not before then; null for nothing, at once, or where nobody knows
   */
  record Next(String action, @Nullable Instant at, String message) {
    private static final Next NOTHING = new Next("none", null, "Nothing: the delivery has ended.");
  }

  /** What is judged. */
  record Facts(
      WebhookFacts webhook,
      DeliveryEntry delivery,
      DeliveryTraces.Trace trace,
      Standing standing,
      Duration maxWait,
      Instant now) {}

  static Explanation of(Facts facts) {
    CircuitFacts circuit = circuit(facts);
    return switch (facts.delivery().status()) {
      case SUCCESS ->
          new Explanation(
              State.SUCCESS,
              "accepted",
              "The receiver accepted it with attempt " + facts.delivery().attempts() + ".",
              List.of(),
              Next.NOTHING,
              circuit);
      case FAILED -> failed(facts, circuit);
      case PENDING -> pending(facts, circuit);
    };
  }

  /** The verticle knows it first, the database after the next flush. */
  private static CircuitFacts circuit(Facts facts) {
    CircuitRecord live = facts.standing().circuit();
    return live == null
        ? facts.webhook().circuit()
        : new CircuitFacts(live.state(), live.openedAt(), live.probeAt(), live.failures());
  }

  private static Explanation failed(Facts facts, CircuitFacts circuit) {
    DeliveryEntry delivery = facts.delivery();
    String error = Objects.requireNonNullElse(delivery.error(), "unknown");
    String reason = finalReason(facts, error);
    String message =
        switch (reason) {
          case "webhook_deleted" -> "The webhook was deleted while the delivery was pending.";
          case "expired" -> "It could not be ended in the time that a delivery may take: " + error;
          case "address_not_allowed" ->
              "The webhook's address is not allowed; that is not retried.";
          case "gone" -> "The receiver answered 410: it will never be back. That is not retried.";
          case "test" -> "A test makes one attempt, which failed: " + error;
          case "attempts_used_up" ->
              "Every attempt that the policy allows has failed, the last one with: " + error;
          default -> "The policy does not retry what the last attempt met: " + error;
        };
    return new Explanation(State.FAILED, reason, ended(message), List.of(), Next.NOTHING, circuit);
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  private static String finalReason(Facts facts, String error) {
    DeliveryEntry delivery = facts.delivery();
    if (error.equals("webhook deleted")) {
      return "webhook_deleted";
    }
    if (error.startsWith("expired after ")) {
      return "expired";
    }
    if (delivery.test()) {
      return "test";
    }
    if (error.equals(io.fanfare.webhook.NetworkPolicy.REFUSAL)) {
      return "address_not_allowed";
    }
    if (burned(facts) >= facts.webhook().maxAttempts()) {
      return "attempts_used_up";
    }
    Integer code = delivery.responseCode();
    return code != null && code == 410 ? "gone" : "not_retried";
  }

  /** Attempts that count towards the policy's: probes do not. */
  private static long burned(Facts facts) {
    return facts.delivery().attempts()
        - facts.trace().attempts().stream().filter(AttemptEntry::probe).count();
  }

  private static Explanation pending(Facts facts, CircuitFacts circuit) {
    DeliveryEntry delivery = facts.delivery();
    List<Blocker> blockers = new ArrayList<>();
    if (!facts.webhook().active()) {
      String why = facts.webhook().disabledReason();
      blockers.add(
          new Blocker(
              "webhook_inactive",
              null,
              "The webhook is inactive"
                  + (why == null ? "" : " (" + why + ")")
                  + "; its deliveries wait until it is active again."));
    }
    if (!circuit.closed()) {
      blockers.add(
          new Blocker(
              "circuit_open",
              circuit.probeAt(),
              "The circuit is "
                  + circuit.state().replace('_', '-')
                  + " after "
                  + circuit.failures()
                  + " failures in a row; only one probe at a time goes through."));
    }
    Instant due = delivery.dueAt();
    boolean later = due != null && due.isAfter(facts.now());
    if (later) {
      blockers.add(wait(facts, due));
    }
    return pending(facts, circuit, blockers, later);
  }

  private static Blocker wait(Facts facts, Instant due) {
    AttemptEntry last = last(facts);
    Instant ended = facts.delivery().endedAt();
    if (last != null && ended != null && last.responseHeaders() != null) {
      Long asked = RetryAfter.millis(last.responseHeaders(), ended.toEpochMilli());
      if (asked != null
          && Duration.between(ended.plusMillis(asked), due).abs().compareTo(SAME_WAIT) <= 0) {
        return new Blocker(
            "retry_after",
            due,
            "The receiver asked with Retry-After: " + last.responseHeaders() + " to wait.");
      }
    }
    return new Blocker(
        "backoff",
        due,
        "The policy waits after attempt " + facts.delivery().attempts() + " before the next one.");
  }

  private static @Nullable AttemptEntry last(Facts facts) {
    List<AttemptEntry> attempts = facts.trace().attempts();
    return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
  }

  private static Explanation pending(
      Facts facts, CircuitFacts circuit, List<Blocker> blockers, boolean later) {
    DeliveryEntry delivery = facts.delivery();
    boolean inMemory = delivery.dueAt() == null || facts.standing().fetched();
    int place = facts.standing().ahead();
    if (inMemory && place == Standing.NOT_WAITING) {
      return new Explanation(
          State.IN_FLIGHT,
          "in_flight",
          "An attempt is on its way, or what it met is being written down.",
          List.of(),
          new Next("none", null, "What the attempt meets decides."),
          circuit);
    }
    if (blockers.isEmpty()) {
      long ahead = inMemory ? place : Objects.requireNonNullElse(facts.trace().ahead(), 0L);
      blockers.add(
          new Blocker(
              "queue",
              null,
              (ahead > DeliveryTraces.AHEAD_MAX
                      ? "More than " + DeliveryTraces.AHEAD_MAX
                      : String.valueOf(ahead))
                  + " deliveries of the webhook are before it; "
                  + facts.standing().inFlight()
                  + " attempts of at most "
                  + facts.standing().concurrency()
                  + " are on their way."));
      return new Explanation(
          State.QUEUED,
          "queue",
          blockers.get(0).message(),
          blockers,
          new Next("attempt", null, "It is sent as soon as there is room."),
          circuit);
    }
    Blocker first = blockers.get(0);
    State state = later && blockers.size() == 1 ? State.WAITING : State.BLOCKED;
    return new Explanation(
        state, first.code(), first.message(), blockers, next(facts, circuit, blockers), circuit);
  }

  private static Next next(Facts facts, CircuitFacts circuit, List<Blocker> blockers) {
    Instant expiry = facts.delivery().acceptedAt().plus(facts.maxWait());
    String fails = " It fails if it has not ended by " + Timestamps.millis(expiry) + ".";
    if (!facts.webhook().active()) {
      return new Next("none", null, "Nothing, until somebody makes the webhook active." + fails);
    }
    Instant at = null;
    for (Blocker blocker : blockers) {
      if (blocker.until() != null && (at == null || blocker.until().isAfter(at))) {
        at = blocker.until();
      }
    }
    return circuit.closed()
        ? new Next("attempt", at, "The next attempt." + fails)
        : new Next(
            "probe",
            at,
            "One delivery of the webhook goes as a probe; if it goes well, the others follow."
                + fails);
  }

  /** Until when it may take; null where it has ended. */
  static @Nullable Instant expiry(Facts facts) {
    return facts.delivery().status() == DeliveryStatus.PENDING
        ? facts.delivery().acceptedAt().plus(facts.maxWait())
        : null;
  }
}
