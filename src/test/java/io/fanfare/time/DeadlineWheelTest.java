package io.fanfare.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.time.DeadlineWheel.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
  private static final int TICK = 10;

  private final ArrayDeque<Runnable> ticks = new ArrayDeque<>();
  private final List<String> missed = new ArrayList<>();
  // Clocks of this kind may begin anywhere, below zero too.
  private long millis = -3_333;
  private final DeadlineWheel wheel = new DeadlineWheel(TICK, () -> millis * 1_000_000, ticks::add);

  private void pass(long more) {
    for (long end = millis + more; millis < end; ) {
      millis = Math.min(end, millis + TICK);
      for (int waiting = ticks.size(); waiting > 0; waiting--) {
        ticks.remove().run();
      }
    }
  }

  private Deadline set(long after, String name) {
    return wheel.set(after, () -> missed.add(name));
  }

  @Test
  void aDeadlineThatIsNotMetIsMissedOnce() {
    set(100, "a");
    pass(99);
    assertThat(missed).isEmpty();
    pass(2 * TICK);
    assertThat(missed).containsExactly("a");
    pass(10_000);
    assertThat(missed).containsExactly("a");
  }

  @Test
  void aDeadlineThatIsMetIsNeverMissed() {
    Deadline met = set(100, "met");
    set(100, "missed");
    pass(50);
    met.met();
    met.met();
    pass(200);
    assertThat(missed).containsExactly("missed");
    assertThat(wheel.size()).isZero();
  }

  @Test
  void oneThatIsMissedMayMeetAnotherAndSetANewOne() {
    Deadline other = set(50, "other");
    wheel.set(
        50,
        () -> {
          other.met();
          set(50, "new");
        });
    pass(200);
    assertThat(missed).containsExactly("new");
  }

  @Test
  void oneThatThrowsDoesNotStopTheOthers() {
    set(50, "other");
    wheel.set(
        50,
        () -> {
          throw new IllegalStateException("thrown");
        });
    set(100, "later");
    assertThatThrownBy(() -> pass(60)).hasMessage("thrown");
    pass(200);
    assertThat(missed).containsExactly("other", "later");
  }

  @Test
  void nothingTicksWhileNothingIsSet() {
    assertThat(ticks).isEmpty();
    Deadline deadline = set(1_000, "a");
    assertThat(ticks).hasSize(1);
    deadline.met();
    pass(TICK);
    assertThat(ticks).isEmpty();
    set(TICK, "b");
    pass(3 * TICK);
    assertThat(missed).containsExactly("b");
    assertThat(ticks).isEmpty();
  }

  @Test
  void aLongPauseOfTheLoopMissesAllThatFellIntoIt() {
    set(20, "near");
    set(60_000, "far");
    set(600_000, "later");
    millis += 500_000;
    ticks.remove().run();
    assertThat(missed).containsExactlyInAnyOrder("near", "far");
    pass(100_000 + 2 * TICK);
    assertThat(missed).contains("later");
  }

  @Property(tries = 200)
  void noDeadlineIsEarlyOrMoreThanTwoTicksLate(@ForAll long seed) {
    Random random = new Random(seed);
    millis = random.nextInt();
    Map<Integer, Long> due = new HashMap<>();
    Map<Integer, Deadline> open = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      int number = i;
      long after = random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(300);
      due.put(number, millis + after);
      open.put(
          number,
          wheel.set(
              after,
              () -> {
                long late = millis - due.get(number);
                assertThat(late).isBetween(0L, 2L * TICK);
                open.remove(number);
              }));
      if (random.nextInt(4) == 0) {
        int other = random.nextInt(i + 1);
        if (open.containsKey(other)) {
          open.remove(other).met();
        }
      }
      pass(random.nextInt(100));
      assertThat(wheel.size()).isEqualTo(open.size());
    }
    pass(30_000);
    assertThat(open).isEmpty();
  }
}
