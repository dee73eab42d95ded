package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.config.CircuitConfig;
import io.fanfare.delivery.Circuit.State;
import io.fanfare.delivery.Outcome.Health;
import io.fanfare.webhook.CircuitRecord;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private static final CircuitConfig CONFIG =
      new CircuitConfig(
          10, 70, 20, Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMinutes(10));

  private final Circuit circuit = new Circuit(CONFIG, CircuitRecord.CLOSED);
  private long now = 1_700_000_000_000L;

  @Test
  void opensAfterTenFailuresInARow() {
    fail(9);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    fail(1);
    assertThat(circuit.state()).isEqualTo(State.OPEN);
    assertThat(circuit.probeAt()).isEqualTo(now + 30_000);
  }

  @Test
  void aGoodAnswerEndsTheRow() {
    fail(9);
    circuit.record(Health.WELL, false, now);
    fail(9);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void opensWhenSeventyPercentOfTwentyFailed() {
    for (int i = 0; i < 6; i++) {
      circuit.record(Health.WELL, false, now);
      fail(2);
    }
    assertThat(circuit.state()).isEqualTo(State.CLOSED); // 12 of 18
    fail(2);
    assertThat(circuit.state()).isEqualTo(State.OPEN); // 14 of 20
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    for (int i = 0; i < 6; i++) {
      circuit.record(Health.WELL, false, now);
      fail(2);
    }
    now += 61_000;
    circuit.record(Health.WELL, false, now);
    fail(9);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void letsOneProbeThroughWhenItIsDue() {
    fail(10);
    assertThat(circuit.tryProbe(now)).isFalse();
    now = circuit.probeAt();
    assertThat(circuit.tryProbe(now)).isTrue();
    assertThat(circuit.tryProbe(now)).isFalse();
    assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void doublesTheWaitWithEachFailedProbeUpToTenMinutes() {
    fail(10);
    long openedAt = now;
    long[] waits = {60_000, 120_000, 240_000, 480_000, 600_000, 600_000};
    for (long wait : waits) {
      now = circuit.probeAt();
      assertThat(circuit.tryProbe(now)).isTrue();
      assertThat(circuit.record(Health.FAILED, true, now)).isTrue();
      assertThat(circuit.probeAt()).isEqualTo(now + wait);
    }
    assertThat(circuit.toRecord().openedAt())
        .hasToString(java.time.Instant.ofEpochMilli(openedAt).toString());
  }

  @Test
  void closesWithAGoodProbeAndForgetsTheRow() {
    fail(10);
    now = circuit.probeAt();
    circuit.tryProbe(now);
    assertThat(circuit.record(Health.WELL, true, now)).isTrue();
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
    fail(9);
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void lateFailuresOfEarlierAttemptsDoNotEndAProbe() {
    fail(10);
    now = circuit.probeAt();
    circuit.tryProbe(now);
    circuit.record(Health.FAILED, false, now);
    circuit.record(Health.WELL, false, now);
    assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void theVerdictOfAProbeCountsNoMoreOnceTheCircuitWasClosed() {
    fail(10);
    now = circuit.probeAt();
    circuit.tryProbe(now);
    circuit.close();
    assertThat(circuit.record(Health.FAILED, true, now)).isFalse();
    assertThat(circuit.record(Health.UNKNOWN, true, now)).isFalse();
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void everyFailureOfARowIsWorthRecording() {
    assertThat(circuit.record(Health.WELL, false, now)).isFalse();
    assertThat(circuit.record(Health.FAILED, false, now)).isTrue();
    assertThat(circuit.toRecord().failures()).isEqualTo(1);
    assertThat(circuit.record(Health.WELL, false, now)).isTrue();
    assertThat(circuit.toRecord().failures()).isZero();
  }

  @Test
  void dnsFailuresAndOurOwnErrorsDoNotCount() {
    for (int i = 0; i < 50; i++) {
      circuit.record(Health.UNKNOWN, false, now);
    }
    assertThat(circuit.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatTellsNothingIsRepeatedLater() {
    fail(10);
    now = circuit.probeAt();
    circuit.tryProbe(now);
    circuit.record(Health.UNKNOWN, true, now);
    assertThat(circuit.state()).isEqualTo(State.OPEN);
    assertThat(circuit.probeAt()).isGreaterThan(now);
  }

  @Test
  void survivesARestart() {
    fail(10);
    Circuit restarted = new Circuit(CONFIG, circuit.toRecord());
    assertThat(restarted.state()).isEqualTo(State.OPEN);
    assertThat(restarted.probeAt()).isEqualTo(circuit.probeAt());
  }

  @Test
  void aProbeOnItsWayAtARestartIsDueAgain() {
    fail(10);
    now = circuit.probeAt();
    circuit.tryProbe(now);
    Circuit restarted = new Circuit(CONFIG, circuit.toRecord());
    assertThat(restarted.tryProbe(now)).isTrue();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      circuit.record(Health.FAILED, false, now);
    }
  }
}
