package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Outcome.Health;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private final Concurrency concurrency = new Concurrency(32);

  @Test
  void rampsUpFromOneAfterTheCircuitHasClosed() {
    concurrency.restart();
    for (int limit = 1; limit <= 32; limit++) {
      assertThat(concurrency.limit()).isEqualTo(limit);
      concurrency.record(Health.WELL);
    }
    assertThat(concurrency.limit()).isEqualTo(32);
  }

  @Test
  void halvesWithEachFailureAndNeverStops() {
    for (int i = 0; i < 40; i++) {
      concurrency.record(Health.WELL);
    }
    for (int limit : new int[] {16, 8, 4, 2, 1, 1}) {
      concurrency.record(Health.FAILED);
      assertThat(concurrency.limit()).isEqualTo(limit);
    }
  }

  @Test
  void staysWhereNothingIsToldOfTheReceiver() {
    int before = concurrency.limit();
    concurrency.record(Health.UNKNOWN);
    assertThat(concurrency.limit()).isEqualTo(before);
  }

  @Test
  void neverExceedsTheConfiguredMaximum() {
    assertThat(new Concurrency(1).limit()).isEqualTo(1);
  }
}
