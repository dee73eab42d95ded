package io.fanfare.outcome;

import io.fanfare.delivery.Outcome;
import io.fanfare.event.Delivery;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what follows from an attempt: the table of the contract's section 7. Pure but for the
 * jitter, whose source is given.
 */
public final class SettlementPolicy {
  private static final int GONE = 410;
  private static final Set<Integer> RETRIED_ON_REQUEST = Set.of(408, 425, 429);

  private final RandomGenerator random;
  private final double jitter;

  /**
   * @param jitter largest share of a delay that is added to it
   */
  public SettlementPolicy(RandomGenerator random, double jitter) {
    this.random = random;
    this.jitter = jitter;
  }

  /**
   * What follows.
   *
   * @param webhook as it is now; null when it was deleted while the attempt was on its way
   * @param probe whether the attempt was the probe of an open circuit, which burns no attempt
   */
  public Settlement decide(
      @Nullable Webhook webhook, Delivery delivery, Outcome outcome, boolean probe) {
    int attempts = delivery.attempts() + 1;
    if (outcome.isAccepted()) {
      return new Settlement(Next.SUCCESS, attempts, delivery.probes(), 0, null, false);
    }
    if (webhook == null) {
      return new Settlement(Next.FAILED, attempts, delivery.probes(), 0, "webhook deleted", false);
    }
    RetryPolicy policy = webhook.retryPolicy();
    String error = error(outcome, webhook.timeout());
    boolean retried = isRetried(policy, outcome);
    if (!retried) {
      boolean gone = outcome.responseCode() != null && outcome.responseCode() == GONE;
      return new Settlement(Next.FAILED, attempts, delivery.probes(), 0, error, gone);
    }
    int probes = delivery.probes() + (probe ? 1 : 0);
    int burned = attempts - probes;
    if (!probe && burned >= policy.maxAttempts()) {
      return new Settlement(Next.FAILED, attempts, probes, 0, error, false);
    }
    // A probe burns nothing, and yet the next request comes no sooner than after any attempt.
    long wait = delayMillis(policy, Math.max(1, burned));
    if (outcome.retryAfterMillis() != null) {
      wait = Math.max(wait, outcome.retryAfterMillis());
    }
    return new Settlement(
        Next.WAIT, attempts, probes, outcome.endedAtMillis() + wait, error, false);
  }

  private static boolean isRetried(RetryPolicy policy, Outcome outcome) {
    return switch (outcome.kind()) {
      case TIMEOUT -> policy.retriesTimeouts();
      case NETWORK, TLS, DNS -> true;
      case DENIED, INTERNAL -> false;
      case ANSWER -> isRetriedStatus(policy, outcome);
    };
  }

  private static boolean isRetriedStatus(RetryPolicy policy, Outcome outcome) {
    int code = outcome.responseCode() == null ? 0 : outcome.responseCode();
    if (policy.retryOnStatus() != null) {
      return policy.retryOnStatus().contains(code);
    }
    return code >= 500 || (RETRIED_ON_REQUEST.contains(code) && outcome.retryAfterMillis() != null);
  }

  /** The document's formula for the attempts made so far, plus jitter, the sum capped. */
  long delayMillis(RetryPolicy policy, int made) {
    double delay =
        switch (policy.backoffStrategy()) {
          case FIXED -> (double) policy.initialDelayMillis();
          case LINEAR -> (double) policy.initialDelayMillis() * made;
          case EXPONENTIAL -> (double) policy.initialDelayMillis() * Math.pow(2, made - 1.0);
        };
    double jittered = delay * (1 + jitter * random.nextDouble());
    return (long) Math.ceil(Math.min(jittered, (double) policy.maxDelayMillis()));
  }

  /** What a failed attempt is called. */
  String error(Outcome outcome, Duration timeout) {
    if (outcome.kind() == Outcome.Kind.TIMEOUT) {
      BigDecimal seconds = BigDecimal.valueOf(timeout.toMillis(), 3).stripTrailingZeros();
      return "timeout after " + seconds.toPlainString() + " s";
    }
    Integer code = outcome.responseCode();
    if (code == null) {
      return outcome.error() == null ? "internal error" : outcome.error();
    }
    return statusError(code);
  }

  /** {@code HTTP 500: Internal Server Error}: the standard phrase, not the receiver's. */
  static String statusError(int code) {
    return "HTTP " + code + ": " + StatusPhrase.of(code);
  }
}
