package io.fanfare.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.delivery.Outcome;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.webhook.TestWebhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FeedTest {
  private final Feed feed = new Feed();

  @Test
  void tellsThoseWhoListenAndKnowsWhenNobodyDoes() {
    List<FeedEntry> one = new ArrayList<>();
    List<FeedEntry> other = new ArrayList<>();
    Feed.Watcher first = one::addAll;
    Feed.Watcher second = other::addAll;
    FeedEntry entry =
        new FeedEntry(
            TestWebhooks.of(1, "http://127.0.0.1:1/"),
            new UUID(1, 1),
            new UUID(2, 2),
            "build.started",
            Next.SUCCESS,
            1,
            false,
            Outcome.Kind.ANSWER,
            200,
            5,
            null,
            1,
            2,
            0,
            null,
            null);
    assertThat(feed.isWatched()).isFalse();
    feed.watch(first);
    feed.watch(second);
    feed.recorded(List.of(entry));
    feed.unwatch(first);
    feed.recorded(List.of(entry));
    feed.recorded(List.of());

    assertThat(one).containsExactly(entry);
    assertThat(other).containsExactly(entry, entry);
    assertThat(feed.isWatched()).isTrue();
    feed.unwatch(second);
    feed.unwatch(second);
    assertThat(feed.isWatched()).isFalse();
  }
}
