package io.fanfare.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.stats.StatsFold.AcceptedKey;
import io.fanfare.stats.StatsFold.EventKey;
import org.junit.jupiter.api.Test;

class FlushDeltaTest {
  private static final String[] TYPES = {"build.started", "build.failed"};
  private static final Long[] HOURS = {490_000L, 490_001L};
  private static final String[] NO_TEXT = {};
  private static final Long[] NO_LONGS = {};
  private static final Integer[] NO_INTS = {};

  private final StatsFold fold = new StatsFold(0);

  private long accepted(int webhook, int kind) {
    return fold.accepted().get(new AcceptedKey(webhook, HOURS[kind], TYPES[kind])).accepted;
  }

  @Test
  void kindsNameTypesAndHoursFromOne() {
    new FlushDelta(
            new Integer[] {7, 8, 7},
            new Short[] {1, 2, 1},
            TYPES,
            HOURS,
            null,
            null,
            null,
            new Short[] {2, 2},
            NO_TEXT,
            NO_LONGS,
            new String[] {"p", null},
            new Integer[] {3, 4})
        .addTo(fold);

    assertThat(accepted(7, 0)).isEqualTo(2);
    assertThat(accepted(8, 1)).isEqualTo(1);
    assertThat(fold.events().get(new EventKey("p", HOURS[1], TYPES[1]))).isEqualTo(3);
    assertThat(fold.events().get(new EventKey(null, HOURS[1], TYPES[1]))).isEqualTo(7);
  }

  @Test
  void withoutKindsEveryPlaceHasItsOwn() {
    new FlushDelta(
            new Integer[] {7, 8},
            null,
            TYPES,
            HOURS,
            new Short[] {StatDelta.ACCEPTED, StatDelta.FAILED},
            new Long[] {0L, HOURS[1] * StatsFold.MILLIS_PER_HOUR},
            new Integer[] {StatDelta.NO_ANSWER, 12},
            null,
            new String[] {TYPES[1]},
            new Long[] {HOURS[1]},
            new String[] {"p"},
            new Integer[] {5})
        .addTo(fold);

    assertThat(accepted(7, 0)).isEqualTo(1);
    assertThat(fold.accepted().get(new AcceptedKey(8, HOURS[1], TYPES[1])).failed).isEqualTo(1);
    assertThat(fold.totals().get(8).millisSum).isEqualTo(12);
    assertThat(fold.events().get(new EventKey("p", HOURS[1], TYPES[1]))).isEqualTo(5);
  }

  @Test
  void outcomesHaveKindsToo() {
    new FlushDelta(
            new Integer[] {7},
            new Short[] {2},
            TYPES,
            HOURS,
            new Short[] {StatDelta.SUCCESS},
            new Long[] {HOURS[1] * StatsFold.MILLIS_PER_HOUR},
            new Integer[] {9},
            null,
            NO_TEXT,
            NO_LONGS,
            NO_TEXT,
            NO_INTS)
        .addTo(fold);

    assertThat(fold.accepted().get(new AcceptedKey(7, HOURS[1], TYPES[1])).success).isEqualTo(1);
    assertThat(fold.totals().get(7).answered).isEqualTo(1);
  }
}
