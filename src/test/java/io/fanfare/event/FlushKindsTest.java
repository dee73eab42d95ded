package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.id.IdGenerator;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FlushKindsTest {
  private static final long HOUR = 490_000;
  private static final UUID EARLY = IdGenerator.floorOf(HOUR * 3_600_000);
  private static final UUID LATE = IdGenerator.floorOf((HOUR + 1) * 3_600_000);

  private final FlushKinds kinds = new FlushKinds();

  @Test
  void eachPairOfTypeAndHourHasOneNumberFromOne() {
    assertThat(kinds.of("build.started", EARLY)).isEqualTo((short) 1);
    assertThat(kinds.of("build.failed", EARLY)).isEqualTo((short) 2);
    assertThat(kinds.of("build.started", LATE)).isEqualTo((short) 3);
    assertThat(kinds.of("build.started", EARLY)).isEqualTo((short) 1);

    assertThat(kinds.types()).containsExactly("build.started", "build.failed", "build.started");
    assertThat(kinds.hours()).containsExactly(HOUR, HOUR, HOUR + 1);
  }

  @Test
  void theEndOfAnHourBelongsToIt() {
    kinds.of("build.started", IdGenerator.floorOf((HOUR + 1) * 3_600_000 - 1));
    assertThat(kinds.hours()).containsExactly(HOUR);
  }
}
