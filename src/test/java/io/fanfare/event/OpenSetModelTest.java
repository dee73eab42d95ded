package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.id.IdGenerator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * The open set against a model that keeps every id: whatever the order in which flushes are built
 * and deliveries end, no open delivery is below the mark, and the mark never goes back.
 */
class OpenSetModelTest {
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);

  @Property(tries = 300)
  void noOpenDeliveryIsEverBelowTheMark(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int steps) {
    Random random = new Random(seed);
    UUID earlierMark = ids.next();
    OpenSet openSet = new OpenSet(ids, earlierMark);
    int earlierEnds = random.nextInt(steps);
    List<OpenSet.Flush> building = new ArrayList<>();
    Map<UUID, OpenSet.Flush> open = new HashMap<>();
    UUID lastMark = IdGenerator.ZERO;
    for (int i = 0; i < steps; i++) {
      if (i == earlierEnds) {
        openSet.earlier().sealed();
      }
      switch (random.nextInt(5)) {
        case 0 -> building.add(openSet.open());
        case 1 -> {
          if (!building.isEmpty()) {
            OpenSet.Flush flush = building.get(random.nextInt(building.size()));
            flush.add();
            open.put(ids.next(), flush);
          }
        }
        case 2 -> {
          if (!building.isEmpty()) {
            building.remove(random.nextInt(building.size())).sealed();
          }
        }
        case 3 -> {
          if (!open.isEmpty()) {
            UUID id = new ArrayList<>(open.keySet()).get(random.nextInt(open.size()));
            open.remove(id).closed();
          }
        }
        default -> {
          UUID mark = openSet.mark();
          if (i < earlierEnds) {
            assertThat(mark).isEqualTo(earlierMark);
          }
          for (UUID id : open.keySet()) {
            assertThat(IdGenerator.ORDER.compare(mark, id)).isLessThanOrEqualTo(0);
          }
          assertThat(IdGenerator.ORDER.compare(lastMark, mark)).isLessThanOrEqualTo(0);
          lastMark = mark;
        }
      }
    }
  }

  @Property(tries = 50)
  void forgetsWhatIsClosed(@ForAll @IntRange(min = 1, max = 50) int flushes) {
    OpenSet openSet = new OpenSet(ids, ids.next());
    openSet.earlier().sealed();
    for (int i = 0; i < flushes; i++) {
      OpenSet.Flush flush = openSet.open();
      flush.add();
      flush.sealed();
      flush.closed();
    }
    openSet.mark();
    assertThat(openSet.size()).isZero();
  }
}
