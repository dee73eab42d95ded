package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/**
 * The window and its rule for leaving the spilling state, against a database that is a set of rows:
 * flushes commit late, fail, or split; pages miss what is committed after they were read. Whatever
 * the order, every committed delivery is sent once, and the window returns to direct, but not while
 * rows wait unseen or a flush that spills is on its way.
 */
class SpillingModelTest {
  private static final int PERMITS = 4;

  /** A flush on its way: what it holds, and what it spills. */
  private record Building(List<Integer> direct, List<Integer> spilled) {}

  private final Random random = new Random();
  private final HeldBytes held = new HeldBytes(3 * Window.BESIDE_PAYLOAD);
  private final Window window = new Window(PERMITS, held);
  private final List<Building> building = new ArrayList<>();
  private final Set<Integer> rows = new HashSet<>();
  private final List<Integer> memory = new ArrayList<>();
  private final List<Integer> sent = new ArrayList<>();
  private final Set<Integer> committed = new HashSet<>();
  private @Nullable List<Integer> page;
  private int pagePermits;
  private long token;
  private boolean due;
  private int nextDelivery;

  @Property(tries = 500)
  void everyCommittedDeliveryIsSentOnceAndSpillingEnds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
    SpillingModelTest model = new SpillingModelTest();
    model.random.setSeed(seed);
    for (int i = 0; i < steps; i++) {
      model.step(model.random.nextInt(6));
      model.check();
    }
    model.settle();
    assertThat(model.sent)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(model.committed);
    assertThat(model.rows).isEmpty();
    assertThat(model.window.isSpilling()).isFalse();
    assertThat(model.window.free()).isEqualTo(PERMITS);
    assertThat(model.held.bytes()).isZero();
  }

  private void step(int kind) {
    switch (kind) {
      case 0, 1 -> build(1 + random.nextInt(4));
      case 2 -> {
        if (!building.isEmpty()) {
          end(building.remove(random.nextInt(building.size())), random.nextInt(5) > 0);
        }
      }
      case 3 -> askForPage();
      case 4 -> takePage();
      default -> send();
    }
  }

  private void build(int deliveries) {
    Building flush = new Building(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < deliveries; i++) {
      boolean spilling = window.isSpilling();
      if (window.tryHold(1)) {
        assertThat(spilling).as("those that wait come first").isFalse();
        flush.direct().add(nextDelivery++);
      } else {
        if (flush.spilled().isEmpty()) {
          window.spillBegun();
        }
        flush.spilled().add(nextDelivery++);
      }
    }
    building.add(flush);
  }

  private void end(Building flush, boolean commits) {
    if (commits) {
      rows.addAll(flush.spilled());
      memory.addAll(flush.direct());
      committed.addAll(flush.spilled());
      committed.addAll(flush.direct());
    } else {
      flush.direct().forEach(delivery -> window.release(1));
    }
    if (!flush.spilled().isEmpty()) {
      window.spillEnded();
      due |= commits;
    }
  }

  private void askForPage() {
    if (page != null || !due) {
      return;
    }
    int permits = window.holdUpTo(1 + random.nextInt(3));
    if (permits == 0) {
      return;
    }
    due = false;
    pagePermits = permits;
    token = window.spillToken();
    // Read now, taken later: what is committed in between is not in it.
    page = rows.stream().filter(row -> !memory.contains(row)).limit(permits).toList();
  }

  private void takePage() {
    if (page == null) {
      return;
    }
    List<Integer> taken = page;
    page = null;
    window.unused(pagePermits - taken.size());
    if (taken.isEmpty()) {
      if (window.stopSpilling(token)) {
        assertThat(building.stream().allMatch(flush -> flush.spilled().isEmpty()))
            .as("no flush on its way spills")
            .isTrue();
        assertThat(memory).as("no row waits unseen").containsAll(rows);
      }
    } else {
      due |= taken.size() == pagePermits || window.isSpilling();
      taken.forEach(row -> window.fetched(1));
      memory.addAll(taken);
    }
  }

  private void send() {
    if (!memory.isEmpty()) {
      Integer delivery = memory.remove(random.nextInt(memory.size()));
      sent.add(delivery);
      rows.remove(delivery);
      window.release(1);
    }
  }

  /** What waits is never forgotten: somebody will ask for it, or a page is on its way. */
  private void check() {
    if (!memory.containsAll(rows)) {
      assertThat(due || page != null).as("rows wait and nobody asks").isTrue();
    }
    assertThat(window.free()).isBetween(0, PERMITS);
  }

  private void settle() {
    while (!building.isEmpty()) {
      end(building.remove(0), true);
    }
    // After a flush that spilled and failed, it is the next one that ends the spilling.
    build(1);
    end(building.remove(0), true);
    for (int i = 0; i < 10_000 && (due || page != null || !memory.isEmpty()); i++) {
      takePage();
      send();
      askForPage();
    }
  }
}
