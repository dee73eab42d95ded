package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {
  private static final int MEMORY = 1_000;

  private final HeldBytes held = new HeldBytes(MEMORY);
  private final Window window = new Window(2, held);

  @Test
  void spillsWhenItIsFullAndGoesOnSpilling() {
    assertThat(window.tryHold(10)).isTrue();
    assertThat(window.tryHold(10)).isTrue();
    assertThat(window.tryHold(10)).isFalse();
    window.release(10);
    assertThat(window.tryHold(10)).as("those that wait come first").isFalse();
    assertThat(held.bytes()).isEqualTo(10 + Window.BESIDE_PAYLOAD);
  }

  @Test
  void spillsWhenMemoryIsFull() {
    held.add(MEMORY);
    assertThat(window.tryHold(10)).isFalse();
    assertThat(window.isSpilling()).isTrue();
  }

  @Test
  void spillsWhileItIsShut() {
    window.shut(true);
    assertThat(window.tryHold(10)).isFalse();
    window.shut(false);
    assertThat(window.tryHold(10)).isTrue();
  }

  @Test
  void stopsSpillingAfterAnEmptyPageThatNoFlushCanHaveMissed() {
    fill();
    window.spillBegun();
    assertThat(window.stopSpilling(window.spillToken())).as("a flush is open").isFalse();
    window.spillEnded();
    long token = window.spillToken();
    assertThat(window.stopSpilling(token)).isTrue();
    assertThat(window.isSpilling()).isFalse();
  }

  @Test
  void goesOnSpillingWhenAFlushHasSpilledSinceThePageWasAskedFor() {
    fill();
    long token = window.spillToken();
    window.spillBegun();
    window.spillEnded();
    assertThat(window.stopSpilling(token)).isFalse();
    assertThat(window.isSpilling()).isTrue();
  }

  @Test
  void takesOnePermitForAPageEvenWhenMemoryIsFull() {
    held.add(MEMORY);
    assertThat(window.holdUpTo(5)).isEqualTo(1);
  }

  @Test
  void wakesOnceWhoIsHungry() {
    assertThat(window.takeHunger()).isFalse();
    window.hungry();
    assertThat(window.takeHunger()).isTrue();
    assertThat(window.takeHunger()).isFalse();
  }

  private void fill() {
    window.tryHold(1);
    window.tryHold(1);
    window.tryHold(1);
  }
}
