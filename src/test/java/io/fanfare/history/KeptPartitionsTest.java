package io.fanfare.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which parts of time are searched. */
class KeptPartitionsTest {
  @Test
  void daysThatFollowEachOtherAreOnePart() {
    assertThat(
            KeptPartitions.joined(
                List.of(new TimeRange(20, 30), new TimeRange(0, 10), new TimeRange(10, 20))))
        .containsExactly(new TimeRange(0, 30));
  }

  @Test
  void aDayThatIsNotKeptDividesThem() {
    assertThat(
            KeptPartitions.joined(
                List.of(new TimeRange(30, 40), new TimeRange(0, 10), new TimeRange(10, 20))))
        .containsExactly(new TimeRange(0, 20), new TimeRange(30, 40));
  }

  @Test
  void withoutPartitionsThereIsNothingToSearch() {
    assertThat(KeptPartitions.joined(List.of())).isEmpty();
  }
}
