package io.fanfare.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.SteppingClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Ids only grow, whatever the clock does. */
class IdGeneratorClockTest {
  private static final long NOW = 1_800_000_000_000L;

  @Property(tries = 200)
  void idsGrowThoughTheClockStepsBack(
      @ForAll @Size(max = 50) List<@LongRange(min = -86_400_000, max = 86_400_000) Long> steps,
      @ForAll @IntRange(min = 1, max = 6_000) int burst) {
    SteppingClock clock = new SteppingClock(NOW);
    IdGenerator ids = new IdGenerator(clock, new SplittableRandom(1), IdGenerator.ZERO);
    UUID last = ids.next();
    for (long step : steps) {
      clock.step(step);
      for (int i = 0; i < burst / steps.size() + 1; i++) {
        UUID next = ids.next();
        assertThat(IdGenerator.ORDER.compare(next, last)).isPositive();
        last = next;
      }
    }
  }

  @Property(tries = 100)
  void idsOfAProcessWhoseClockIsBehindAreLargerThanThoseBefore(
      @ForAll @LongRange(min = -86_400_000, max = 86_400_000) long behind) {
    UUID stored =
        new IdGenerator(new SteppingClock(NOW), new SplittableRandom(1), IdGenerator.ZERO).next();
    IdGenerator ids =
        new IdGenerator(new SteppingClock(NOW - behind), new SplittableRandom(2), stored);
    assertThat(IdGenerator.ORDER.compare(ids.next(), stored)).isPositive();
  }

  @Test
  void noTwoThreadsGetTheSameId() throws Exception {
    IdGenerator ids =
        new IdGenerator(new SteppingClock(NOW), new SplittableRandom(1), IdGenerator.ZERO);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<List<UUID>>> made = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      made.add(
          threads.submit(
              () -> {
                List<UUID> own = new ArrayList<>();
                for (int n = 0; n < 10_000; n++) {
                  own.add(ids.next());
                }
                return own;
              }));
    }
    HashSet<Long> times = new HashSet<>();
    for (Future<List<UUID>> own : made) {
      own.get().forEach(id -> times.add(id.getMostSignificantBits()));
    }
    threads.shutdown();
    assertThat(times).hasSize(40_000);
  }
}
