package io.fanfare.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FoldSizeTest {
  private final FoldSize size = new FoldSize(Duration.ofMillis(500), Duration.ofSeconds(2));

  @Test
  void growsWhileFoldsAreFastUpToABound() {
    int before = size.changes();

    size.took(499, true);
    assertThat(size.changes()).isEqualTo(2 * before);

    for (int i = 0; i < 20; i++) {
      size.took(1, true);
    }
    assertThat(size.changes()).isBetween(199_000, FoldSize.CHANGES_MAX);
  }

  @Test
  void staysWhileFoldsTakeWhatTheyMay() {
    int before = size.changes();

    size.took(500, true);
    size.took(2_000, true);
    size.took(1, false);

    assertThat(size.changes()).isEqualTo(before);
  }

  @Test
  void shrinksWhenFoldsAreSlowOrFailButNeverToNothing() {
    int before = size.changes();

    size.took(2_001, true);
    assertThat(size.changes()).isEqualTo(before / 2);
    size.failed();
    assertThat(size.changes()).isEqualTo(before / 8);

    for (int i = 0; i < 20; i++) {
      size.failed();
    }
    assertThat(size.changes()).isPositive();
  }
}
