package io.fanfare.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.outcome.HeaderSets.HeaderSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HeaderSetsTest {
  private static final long DAY = 86_400_000L;
  private final HeaderSets sets = new HeaderSets();

  @Test
  void aSetIsStoredOnceADay() {
    HeaderSet first = set("{}", 1);
    assertThat(sets.isStored(first)).isFalse();

    sets.stored(List.of(first));

    assertThat(sets.isStored(set("{}", DAY - 1))).isTrue();
    assertThat(sets.isStored(set("{}", DAY))).isFalse();
    assertThat(set("{}", DAY).number()).isEqualTo(first.number());
  }

  @Test
  void differentSetsHaveDifferentNumbers() {
    assertThat(set("{\"a\":\"1\"}", 1).number()).isNotEqualTo(set("{\"a\":\"2\"}", 1).number());
  }

  @Test
  void aDayHasRoomForAThousand() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(sets.of("{\"n\":\"" + i + "\"}", 1)).isNotNull();
    }

    assertThat(sets.of("{\"n\":\"1000\"}", 1)).isNull();
    assertThat(sets.of("{\"n\":\"7\"}", 1)).isNotNull();
    assertThat(sets.of("{\"n\":\"1000\"}", DAY)).isNotNull();
  }

  @Test
  void daysGoneByAreForgotten() {
    sets.stored(List.of(set("{}", 1)));
    set("{}", DAY);
    set("{}", 2 * DAY);

    assertThat(sets.isStored(set("{}", 1))).isFalse();
  }

  private HeaderSet set(String headers, long endedAt) {
    return Objects.requireNonNull(sets.of(headers, endedAt));
  }
}
