package io.fanfare.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Outcome;
import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.Window;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.webhook.BackoffStrategy;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettlementPolicyTest {
  private static final long ENDED = 1_700_000_000_000L;
  private static final RandomGenerator NO_JITTER = () -> 0L;

  private final SettlementPolicy policy = new SettlementPolicy(NO_JITTER, 0.1);

  @Test
  void everyStatusFollowsTheTable() {
    for (int code = 200; code <= 599; code++) {
      Next expected = code < 300 ? Next.SUCCESS : code >= 500 ? Next.WAIT : Next.FAILED;
      assertThat(decide(RetryPolicy.DEFAULT, answer(code, null)).next())
          .as("HTTP %d", code)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"408", "425", "429"})
  void theReceiverItselfMayAskForARetry(int code) {
    Settlement settlement = decide(RetryPolicy.DEFAULT, answer(code, 0L));
    assertThat(settlement.next()).isEqualTo(Next.WAIT);
    assertThat(settlement.dueAtMillis()).isEqualTo(ENDED + 1000);
  }

  @Test
  void aLongerRetryAfterReplacesTheDelay() {
    assertThat(decide(RetryPolicy.DEFAULT, answer(503, 7_000L)).dueAtMillis())
        .isEqualTo(ENDED + 7_000);
    assertThat(decide(RetryPolicy.DEFAULT, answer(503, 10L)).dueAtMillis())
        .isEqualTo(ENDED + 1_000);
  }

  @Test
  void aListReplacesTheDefaultAndAnEmptyOneMeansNone() {
    RetryPolicy listed = statuses(Set.of(404, 410));
    assertThat(decide(listed, answer(404, null)).next()).isEqualTo(Next.WAIT);
    assertThat(decide(listed, answer(500, null)).next()).isEqualTo(Next.FAILED);
    assertThat(decide(listed, answer(429, 1L)).next()).isEqualTo(Next.FAILED);
    assertThat(decide(statuses(Set.of()), answer(503, null)).next()).isEqualTo(Next.FAILED);
    assertThat(decide(statuses(Set.of()), without(Outcome.Kind.NETWORK)).next())
        .isEqualTo(Next.WAIT);
  }

  @Test
  void goneEndsTheDeliveryAndTheWebhookUnlessListed() {
    assertThat(decide(RetryPolicy.DEFAULT, answer(410, null)).gone()).isTrue();
    Settlement listed = decide(statuses(Set.of(410)), answer(410, null));
    assertThat(listed.gone()).isFalse();
    assertThat(listed.next()).isEqualTo(Next.WAIT);
  }

  @ParameterizedTest
  @CsvSource({
    "LINEAR, 1, 1000",
    "LINEAR, 2, 2000",
    "LINEAR, 3, 3000",
    "EXPONENTIAL, 1, 1000",
    "EXPONENTIAL, 2, 2000",
    "EXPONENTIAL, 3, 4000",
    "EXPONENTIAL, 4, 5000",
    "FIXED, 4, 1000"
  })
  void waitsByTheDocumentsFormula(BackoffStrategy strategy, int made, long millis) {
    RetryPolicy retry = new RetryPolicy(20, strategy, 1000, 5000, null, null);
    assertThat(policy.delayMillis(retry, made)).isEqualTo(millis);
  }

  @Test
  void jitterOnlyAddsAndNeverPassesTheMaximum() {
    SettlementPolicy jittering = new SettlementPolicy(RandomGenerator.getDefault(), 0.1);
    RetryPolicy retry = new RetryPolicy(20, BackoffStrategy.FIXED, 1000, 1050, null, null);
    for (int i = 0; i < 1000; i++) {
      assertThat(jittering.delayMillis(retry, 1)).isBetween(1000L, 1050L);
    }
  }

  @Test
  void theLastAttemptEndsTheDelivery() {
    assertThat(decide(RetryPolicy.DEFAULT, answer(500, null), 1, 0, false).next())
        .isEqualTo(Next.WAIT);
    assertThat(decide(RetryPolicy.DEFAULT, answer(500, null), 2, 0, false).next())
        .isEqualTo(Next.FAILED);
  }

  @Test
  void aFailedProbeBurnsNoAttempt() {
    Settlement probe = decide(RetryPolicy.DEFAULT, answer(500, null), 2, 0, true);
    assertThat(probe.next()).isEqualTo(Next.WAIT);
    assertThat(probe.attempts()).isEqualTo(3);
    assertThat(probe.probes()).isEqualTo(1);
    assertThat(probe.dueAtMillis()).isEqualTo(ENDED + 2_000);
    assertThat(decide(RetryPolicy.DEFAULT, answer(500, null), 3, 1, false).next())
        .isEqualTo(Next.FAILED);
  }

  @Test
  void whatAFailedProbeWasToldToWaitItWaits() {
    assertThat(decide(RetryPolicy.DEFAULT, answer(503, 90_000L), 0, 0, true).dueAtMillis())
        .isEqualTo(ENDED + 90_000);
  }

  @Test
  void timeoutsAreRetriedUnlessThePolicySaysNo() {
    assertThat(decide(RetryPolicy.DEFAULT, without(Outcome.Kind.TIMEOUT)).next())
        .isEqualTo(Next.WAIT);
    RetryPolicy no = new RetryPolicy(3, BackoffStrategy.FIXED, 1, 1, null, false);
    Settlement settlement = decide(no, without(Outcome.Kind.TIMEOUT));
    assertThat(settlement.next()).isEqualTo(Next.FAILED);
    assertThat(settlement.error()).isEqualTo("timeout after 2.5 s");
  }

  @ParameterizedTest
  @CsvSource({"NETWORK, WAIT", "TLS, WAIT", "DNS, WAIT", "DENIED, FAILED", "INTERNAL, FAILED"})
  void whatMetNoAnswerFollowsTheTable(Outcome.Kind kind, Next next) {
    assertThat(decide(RetryPolicy.DEFAULT, without(kind)).next()).isEqualTo(next);
  }

  @Test
  void errorsCarryTheStandardPhrase() {
    assertThat(decide(RetryPolicy.DEFAULT, answer(500, null)).error())
        .isEqualTo("HTTP 500: Internal Server Error");
  }

  @Test
  void anAttemptOfADeletedWebhookIsRecordedAndNotRepeated() {
    Settlement settlement = policy.decide(null, delivery(0, 0), answer(500, null), false);
    assertThat(settlement.next()).isEqualTo(Next.FAILED);
    assertThat(settlement.error()).isEqualTo("webhook deleted");
  }

  private Settlement decide(RetryPolicy retry, Outcome outcome) {
    return decide(retry, outcome, 0, 0, false);
  }

  private Settlement decide(
      RetryPolicy retry, Outcome outcome, int attempts, int probes, boolean probe) {
    return policy.decide(webhook(retry), delivery(attempts, probes), outcome, probe);
  }

  private static RetryPolicy statuses(Set<Integer> statuses) {
    return new RetryPolicy(3, BackoffStrategy.EXPONENTIAL, 1000, 60_000, statuses, null);
  }

  private static Outcome answer(int code, @Nullable Long retryAfter) {
    return new Outcome(
        Outcome.Kind.ANSWER, ENDED - 10, ENDED, code, 10, "", null, false, retryAfter, null);
  }

  private static Outcome without(Outcome.Kind kind) {
    return new Outcome(kind, ENDED - 10, ENDED, null, null, null, null, false, null, "reason");
  }

  private static Delivery delivery(int attempts, int probes) {
    Event event =
        new Event(
            new UUID(1, 1), "build.failed", null, "2024-01-01T12:00:00Z", Buffer.buffer("{}"));
    return new Delivery(
        1, new UUID(1, 2), event, attempts, probes, null, new Window(1, new HeldBytes(1)));
  }

  private static Webhook webhook(RetryPolicy retry) {
    return new Webhook(
        1,
        new UUID(0, 1),
        null,
        "name",
        "https://example.com/",
        List.of("*"),
        null,
        "secret",
        Map.of(),
        true,
        null,
        Duration.ofMillis(2500),
        retry,
        Instant.EPOCH,
        Instant.EPOCH,
        "key_1",
        1,
        CircuitRecord.CLOSED);
  }
}
