package io.fanfare.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Outcome;
import io.fanfare.outcome.FeedEntry;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.webhook.TestWebhooks;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WindowTest {
  private final Window window = new Window();

  private void add(int webhook, Next next, Integer millis) {
    window.add(
        new FeedEntry(
            TestWebhooks.of(webhook, "http://127.0.0.1:1/"),
            new UUID(1, 1),
            new UUID(2, 2),
            "build.started",
            next,
            1,
            false,
            millis == null ? Outcome.Kind.TIMEOUT : Outcome.Kind.ANSWER,
            millis == null ? null : 200,
            millis,
            next == Next.SUCCESS ? null : "no",
            0,
            0,
            0,
            null,
            null));
  }

  @Test
  void addsUpTenSecondsAndForgetsThem() {
    add(1, Next.SUCCESS, 10);
    add(1, Next.WAIT, null);
    Window.Second first = window.roll();
    assertThat(first.attempts()).isEqualTo(2);
    assertThat(first.delivered()).isEqualTo(1);
    assertThat(first.failed()).isZero();
    for (int second = 1; second < Window.SECONDS; second++) {
      add(1, Next.FAILED, 30);
      window.roll();
    }
    assertThat(window.length()).isEqualTo(Window.SECONDS);
    assertThat(window.sum().attempts()).isEqualTo(11);
    assertThat(window.sum().failed()).isEqualTo(9);
    assertThat(window.sum().times().percentile(50)).hasValue(30);

    window.roll();
    assertThat(window.sum().attempts()).isEqualTo(9);
    assertThat(window.sum().delivered()).isZero();
  }

  @Test
  void namesTheWorstOfAMinute() {
    for (int webhook = 1; webhook <= 8; webhook++) {
      for (int i = 0; i < webhook; i++) {
        add(webhook, webhook == 8 ? Next.SUCCESS : Next.WAIT, 5);
      }
    }
    window.roll();
    assertThat(window.worst().stream().map(worst -> worst.webhook().number()))
        .containsExactly(7, 6, 5, 4, 3);
    assertThat(window.worst().get(0).failures()).isEqualTo(7);
    for (int second = 0; second < Window.MINUTE; second++) {
      window.roll();
    }
    assertThat(window.worst()).isEmpty();
  }
}
