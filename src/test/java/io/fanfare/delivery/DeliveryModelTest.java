package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.SteppingClock;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/**
 * The promise, held against what the process keeps in memory: flushes commit, fail, split and stay
 * in doubt, hand-overs meet verticles on their way out, deliveries are spilled, fetched, retried
 * and given back, and processes die in between. No accepted delivery is ever lost or held twice,
 * permits and bytes are what is held, the mark passes nothing that is open, and once all is well
 * everything that is due is sent at once.
 *
 * <p>A failure names its seed; {@code -Dmodel.seed=SEED -Dmodel.steps=STEPS} repeats it alone.
 */
class DeliveryModelTest {
  private static final long LONGER_THAN_ANY_TIMER_MILLIS = 2_000;

  @Property(tries = 600, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
  void nothingAcceptedIsLostWhateverTheOrder(
      @ForAll long seed, @ForAll @IntRange(min = 20, max = 400) int steps) {
    long replayed = Long.getLong("model.seed", seed);
    int length = Integer.getInteger("model.steps", steps);
    try {
      run(new Random(replayed), length);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "-Dmodel.seed=" + replayed + " -Dmodel.steps=" + length + ": " + e.getMessage(), e);
    }
  }

  private static void run(Random random, int steps) {
    SteppingClock clock = new SteppingClock(1_767_225_600_000L);
    ModelDatabase database = new ModelDatabase();
    ModelProcess process = new ModelProcess(random, database, clock);
    for (int i = 0; i < steps; i++) {
      if (random.nextInt(60) == 0) {
        if (random.nextInt(4) == 0) {
          process.stop();
        } else {
          process.crash();
        }
        clock.step(1 + random.nextInt(10));
        process = new ModelProcess(random, database, clock);
      }
      process.step();
    }
    settle(process, database, clock);
  }

  private static void settle(ModelProcess process, ModelDatabase database, SteppingClock clock) {
    process.drain();
    process.passMillis(LONGER_THAN_ANY_TIMER_MILLIS);
    process.drain();
    for (int i = 0; i < 50; i++) {
      long now = clock.millis();
      for (ModelDatabase.Row row : database.rows.values()) {
        assertThat(!row.pending || (row.dueAt != null && row.dueAt > now))
            .as("%s is due and nobody sends it", row.id)
            .isTrue();
      }
      process.passMillis(1);
      process.drain();
    }
    assertThat(database.rows.keySet()).containsAll(database.accepted);
    assertThat(database.arrived).containsExactlyInAnyOrderElementsOf(database.rows.keySet());
    assertThat(process.holdings.isEmpty()).isTrue();
    assertThat(process.held.bytes()).isZero();
    process.openSet.mark();
    assertThat(process.openSet.size()).as("flushes that stay open").isZero();
    for (int webhook = 0; webhook < ModelProcess.WEBHOOKS; webhook++) {
      assertThat(process.windows.of(webhook).free()).isEqualTo(ModelProcess.PERMITS);
    }
  }
}
