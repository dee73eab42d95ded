package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Outcome.Health;
import io.fanfare.delivery.Outcome.Kind;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {
  @Test
  void everyStatusTellsOfTheReceiversHealthAsTheContractSays() {
    for (int code = 200; code <= 599; code++) {
      Outcome outcome = new Outcome(Kind.ANSWER, 0, 1, code, 1, "", null, false, null, null);
      boolean fails = code >= 500 || Set.of(408, 429).contains(code);
      assertThat(outcome.health())
          .as("HTTP %d", code)
          .isEqualTo(fails ? Health.FAILED : Health.WELL);
      assertThat(outcome.isAccepted()).as("HTTP %d", code).isEqualTo(code < 300);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TIMEOUT, FAILED",
    "NETWORK, FAILED",
    "TLS, FAILED",
    "DNS, UNKNOWN",
    "DENIED, UNKNOWN",
    "INTERNAL, UNKNOWN"
  })
  void whatMetNoAnswerToo(Kind kind, Health health) {
    Outcome outcome = Outcome.withoutAnswer(kind, 0, 1, "reason");
    assertThat(outcome.health()).isEqualTo(health);
    assertThat(outcome.isAccepted()).isFalse();
  }
}
