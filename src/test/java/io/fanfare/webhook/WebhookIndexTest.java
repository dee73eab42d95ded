package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WebhookIndexTest {
  private final WebhookIndex index = new WebhookIndex();

  @Test
  void matchesByTypeByPrefixAndByStar() {
    index.put(webhook(1, 1, null, true, "build.completed"));
    index.put(webhook(2, 1, null, true, "build.*"));
    index.put(webhook(3, 1, null, true, "*"));
    index.put(webhook(4, 1, null, true, "file.*", "user.login"));

    assertThat(numbers("build.completed", null)).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(numbers("build.failed", null)).containsExactlyInAnyOrder(2, 3);
    assertThat(numbers("user.login", null)).containsExactlyInAnyOrder(3, 4);
    assertThat(numbers("user.logout", null)).containsExactly(3);
  }

  @Test
  void matchesAWebhookOnceThoughSeveralOfItsEntriesMatch() {
    index.put(webhook(1, 1, null, true, "build.completed", "build.*", "*", "*"));

    assertThat(numbers("build.completed", null)).containsExactly(1);
  }

  @Test
  void keepsEventsOfAProjectToItsWebhooksAndThoseOfNone() {
    index.put(webhook(1, 1, "a", true, "*"));
    index.put(webhook(2, 1, "b", true, "*"));
    index.put(webhook(3, 1, null, true, "*"));

    assertThat(numbers("user.login", "a")).containsExactlyInAnyOrder(1, 3);
    assertThat(numbers("user.login", null)).containsExactly(3);
  }

  @Test
  void leavesInactiveWebhooksOut() {
    index.put(webhook(1, 1, null, false, "*"));
    assertThat(numbers("user.login", null)).isEmpty();

    index.put(webhook(1, 2, null, true, "*"));
    assertThat(numbers("user.login", null)).containsExactly(1);

    index.put(webhook(1, 3, null, false, "*"));
    assertThat(numbers("user.login", null)).isEmpty();
    assertThat(index.size()).isEqualTo(1);
  }

  @Test
  void keepsTheNewerVersionWhateverTheOrder() {
    assertThat(index.put(webhook(1, 2, null, true, "file.*"))).isTrue();
    assertThat(index.put(webhook(1, 1, null, true, "build.*"))).isFalse();

    assertThat(numbers("build.failed", null)).isEmpty();
    assertThat(numbers("file.created", null)).containsExactly(1);
  }

  @Test
  void doesNotBringBackWhatWasRemoved() {
    Webhook webhook = webhook(1, 1, null, true, "*");
    index.put(webhook);
    index.remove(1);

    assertThat(index.put(webhook(1, 9, null, true, "*"))).isFalse();
    assertThat(numbers("user.login", null)).isEmpty();
    assertThat(index.byId(webhook.id())).isEmpty();
    assertThat(index.byNumber(1)).isNull();
  }

  @Test
  void doesNotSlowDownWithWebhooksThatDoNotMatch() {
    index.putAll(
        IntStream.rangeClosed(1, 100_000)
            .mapToObj(n -> webhook(n, 1, "project-" + n, true, "*"))
            .toList());

    for (int i = 0; i < 100_000; i++) {
      assertThat(index.match("build.completed", "project-77")).hasSize(1);
    }
  }

  @Test
  void showsNoSecretInItsText() {
    assertThat(webhook(1, 1, null, true, "*").toString()).doesNotContain("hush");
  }

  private List<Integer> numbers(String type, @Nullable String projectId) {
    return index.match(type, projectId).stream().map(Webhook::number).toList();
  }

  private static Webhook webhook(
      int number, long version, @Nullable String projectId, boolean active, String... events) {
    return new Webhook(
        number,
        new UUID(0x7000, number),
        projectId,
        "name",
        "https://example.com/",
        List.of(events),
        null,
        "hush",
        Map.of("X-Key", "hush"),
        active,
        null,
        Duration.ofSeconds(30),
        RetryPolicy.DEFAULT,
        Instant.EPOCH,
        Instant.EPOCH,
        "user_123",
        version,
        CircuitRecord.CLOSED);
  }
}
