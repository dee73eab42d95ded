package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Standing;
import io.fanfare.history.AttemptEntry;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTraces.Trace;
import io.fanfare.history.WebhookFacts;
import io.fanfare.history.WebhookFacts.CircuitFacts;
import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.CircuitRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is concluded from what is known of a delivery. */
class ExplanationTest {
  private static final Instant NOW = Instant.parse("2024-01-01T12:00:00Z");
  private static final Duration MAX_WAIT = Duration.ofDays(3);
  private static final CircuitFacts CLOSED = new CircuitFacts("closed", null, null, 0);
  private static final Standing IN_DATABASE = new Standing(null, -1, false, 2, 32);

  private static WebhookFacts webhook(boolean active, String reason, CircuitFacts circuit) {
    return new WebhookFacts(
        1, new UUID(1, 1), "mine", null, List.of("*"), active, reason, 3, NOW, NOW, null, circuit);
  }

  private static DeliveryEntry delivery(
      DeliveryStatus status, int attempts, Instant dueAt, Integer code, String error) {
    return new DeliveryEntry(
        IdGenerator.floorOf(NOW.minusSeconds(60).toEpochMilli()),
        new UUID(2, 2),
        "build.started",
        status,
        false,
        attempts,
        dueAt,
        attempts == 0 ? null : NOW.minusSeconds(10),
        code,
        code == null ? null : 5,
        null,
        error);
  }

  private static Trace trace(int attempts, int probes, String retryAfter, Long ahead) {
    List<AttemptEntry> made = new ArrayList<>();
    for (int n = 1; n <= attempts; n++) {
      made.add(
          new AttemptEntry(
              n, NOW.minusSeconds(10), n > attempts - probes, 503, 5, null, retryAfter, "no"));
    }
    return new Trace(made, ahead, null, List.of());
  }

  private static Explanation explain(
      WebhookFacts webhook, DeliveryEntry delivery, Trace trace, Standing standing) {
    return Explanation.of(new Explanation.Facts(webhook, delivery, trace, standing, MAX_WAIT, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 0, 500, HTTP 500: Internal Server Error, attempts_used_up",
    "4, 1, 500, HTTP 500: Internal Server Error, attempts_used_up",
    "1, 0, 404, HTTP 404: Not Found, not_retried",
    "3, 1, 404, HTTP 404: Not Found, not_retried",
    "1, 0, 410, HTTP 410: Gone, gone",
    "1, 0, , timeout after 30 s, not_retried",
    "1, 0, , target address is not allowed, address_not_allowed",
    "0, 0, , expired after 72 h, expired",
    "2, 0, 500, expired after 72 h, expired",
    "1, 0, , webhook deleted, webhook_deleted"
  })
  void tellsWhyItFailed(int attempts, int probes, Integer code, String error, String reason) {
    Explanation failed =
        explain(
            webhook(true, null, CLOSED),
            delivery(DeliveryStatus.FAILED, attempts, null, code, error),
            trace(attempts, probes, null, null),
            Standing.ABSENT);
    assertThat(failed.state()).isEqualTo(Explanation.State.FAILED);
    assertThat(failed.reason()).isEqualTo(reason);
    assertThat(failed.next().action()).isEqualTo("none");
    assertThat(failed.message()).endsWith(".");
  }

  @Test
  void namesAllThatHoldsItBackTheLongestAsTheNextTime() {
    Instant probe = NOW.plusSeconds(30);
    Instant due = NOW.plusSeconds(50);
    Explanation blocked =
        explain(
            webhook(true, null, new CircuitFacts("open", NOW.minusSeconds(5), probe, 10)),
            delivery(DeliveryStatus.PENDING, 1, due, 503, "no"),
            trace(1, 0, null, 0L),
            IN_DATABASE);
    assertThat(blocked.state()).isEqualTo(Explanation.State.BLOCKED);
    assertThat(blocked.blockers().stream().map(Explanation.Blocker::code))
        .containsExactly("circuit_open", "backoff");
    assertThat(blocked.next().action()).isEqualTo("probe");
    assertThat(blocked.next().at()).isEqualTo(due);

    Explanation inactive =
        explain(
            webhook(false, "gone", CLOSED),
            delivery(DeliveryStatus.PENDING, 1, due, 503, "no"),
            trace(1, 0, null, 0L),
            IN_DATABASE);
    assertThat(inactive.reason()).isEqualTo("webhook_inactive");
    assertThat(inactive.message()).contains("(gone)");
    assertThat(inactive.next().at()).isNull();
  }

  @Test
  void knowsTheReceiversWishFromTheBackoff() {
    Instant due = NOW.plusSeconds(110);
    DeliveryEntry waiting = delivery(DeliveryStatus.PENDING, 1, due, 503, "no");
    WebhookFacts webhook = webhook(true, null, CLOSED);
    assertThat(explain(webhook, waiting, trace(1, 0, "120", 0L), IN_DATABASE).reason())
        .isEqualTo("retry_after");
    assertThat(
            explain(webhook, waiting, trace(1, 0, "Mon, 01 Jan 2024 12:01:50 GMT", 0L), IN_DATABASE)
                .reason())
        .isEqualTo("retry_after");
    assertThat(explain(webhook, waiting, trace(1, 0, "5", 0L), IN_DATABASE).reason())
        .isEqualTo("backoff");
    assertThat(explain(webhook, waiting, trace(1, 0, "soon", 0L), IN_DATABASE).reason())
        .isEqualTo("backoff");
  }

  @Test
  void believesTheVerticleBeforeTheDatabase() {
    CircuitRecord open =
        new CircuitRecord("half_open", NOW.minusSeconds(60), NOW.minusSeconds(1), 11, 1);
    Explanation blocked =
        explain(
            webhook(true, null, CLOSED),
            delivery(DeliveryStatus.PENDING, 0, NOW, null, null),
            trace(0, 0, null, 3L),
            new Standing(open, -1, false, 1, 1));
    assertThat(blocked.reason()).isEqualTo("circuit_open");
    assertThat(blocked.circuit().state()).isEqualTo("half_open");
  }

  @Test
  void tellsWhatIsInMemoryFromWhatWaits() {
    WebhookFacts webhook = webhook(true, null, CLOSED);
    DeliveryEntry held = delivery(DeliveryStatus.PENDING, 0, null, null, null);
    DeliveryEntry due = delivery(DeliveryStatus.PENDING, 1, NOW.minusSeconds(1), 503, "no");
    Trace none = trace(0, 0, null, null);
    assertThat(explain(webhook, held, none, new Standing(null, -1, false, 1, 2)).state())
        .isEqualTo(Explanation.State.IN_FLIGHT);
    Explanation queued = explain(webhook, held, none, new Standing(null, 7, false, 2, 2));
    assertThat(queued.state()).isEqualTo(Explanation.State.QUEUED);
    assertThat(queued.message()).startsWith("7 deliveries");
    assertThat(explain(webhook, due, trace(1, 0, null, 9L), IN_DATABASE).message())
        .startsWith("9 deliveries");
    assertThat(explain(webhook, due, trace(1, 0, null, 1_001L), IN_DATABASE).message())
        .startsWith("More than 1000 deliveries");
    assertThat(
            explain(webhook, due, trace(1, 0, null, 0L), new Standing(null, -1, true, 1, 2))
                .state())
        .isEqualTo(Explanation.State.IN_FLIGHT);
  }
}
