package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.config.StartException;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookStoreTest {
  private static final String FIRST = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String SECOND =
      Base64.getEncoder()
          .encodeToString(
              "another key of 32 bytes, exactly"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  private static final Instant NOW = Instant.parse("2024-01-01T12:00:00.123Z");

  private Vertx vertx;
  private Database database;
  private WebhookStore store;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    database = await(TestDatabase.create(vertx));
    store = store(FIRST);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private WebhookStore store(String... keys) {
    // Pages of 7, so that a few rows are several pages.
    return new WebhookStore(database.control(), database.read(), new SecretSeal(List.of(keys)), 7);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Webhook webhook(int id) {
    return new Webhook(
        0,
        new UUID(0x7000, id),
        "proj_123",
        "name",
        "https://example.com/" + id,
        List.of("build.*", "file.created"),
        "description",
        "secret-" + id,
        Map.of("X-Key", "value-" + id),
        true,
        null,
        Duration.ofMillis(1_500),
        new RetryPolicy(5, BackoffStrategy.LINEAR, 0, 10, Set.of(), false),
        NOW,
        NOW,
        "user_123",
        1,
        CircuitRecord.CLOSED);
  }

  private List<Webhook> loaded(WebhookStore from) {
    List<Webhook> all = new ArrayList<>();
    await(from.loadAll(all::addAll));
    return all;
  }

  @Test
  void readsBackWhatWasInserted() {
    Webhook inserted = await(store.insert(webhook(1)));

    assertThat(inserted.number()).isPositive();
    assertThat(inserted).usingRecursiveComparison().ignoringFields("number").isEqualTo(webhook(1));
    assertThat(await(store.find(inserted.id()))).contains(inserted);
    assertThat(loaded(store)).containsExactly(inserted);
  }

  @Test
  void loadsMoreThanAPage() {
    await(Future.all(IntStream.range(0, 20).mapToObj(i -> store.insert(webhook(i))).toList()));

    assertThat(loaded(store)).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void losesNoChangeOfTwoThatMeet() {
    Webhook inserted = await(store.insert(webhook(1)));

    await(
        Future.all(
            IntStream.range(0, 20)
                .mapToObj(
                    i ->
                        store.update(
                            inserted.id(),
                            before ->
                                new WebhookStore.Change(named(before, before.name() + i), false)))
                .toList()));

    Webhook after = await(store.find(inserted.id())).orElseThrow();
    assertThat(after.version()).isEqualTo(21);
    for (int i = 0; i < 20; i++) {
      assertThat(after.name()).contains(Integer.toString(i));
    }
  }

  private static Webhook named(Webhook webhook, String name) {
    return new Webhook(
        webhook.number(),
        webhook.id(),
        webhook.projectId(),
        name,
        webhook.url(),
        webhook.events(),
        webhook.description(),
        webhook.secret(),
        webhook.headers(),
        webhook.active(),
        webhook.disabledReason(),
        webhook.timeout(),
        webhook.retryPolicy(),
        webhook.createdAt(),
        webhook.updatedAt(),
        webhook.createdBy(),
        webhook.version(),
        webhook.circuit());
  }

  @Test
  void makesAWebhookInactiveThatIsGoneUnlessItHasAnotherUrlByNow() {
    Webhook inserted = await(store.insert(webhook(1)));
    Webhook moved =
        await(
                store.update(
                    inserted.id(),
                    before ->
                        new WebhookStore.Change(webhookAt(before, "https://new.example/"), true)))
            .orElseThrow()
            .after();

    assertThat(await(store.setInactiveGone(inserted, NOW))).isEmpty();
    Webhook gone = await(store.setInactiveGone(moved, NOW)).orElseThrow();
    assertThat(gone.active()).isFalse();
    assertThat(gone.disabledReason()).isEqualTo("gone");
    assertThat(gone.version()).isEqualTo(moved.version() + 1);
    assertThat(await(store.setInactiveGone(moved, NOW))).isEmpty();
  }

  private static Webhook webhookAt(Webhook webhook, String url) {
    return new Webhook(
        webhook.number(),
        webhook.id(),
        webhook.projectId(),
        webhook.name(),
        url,
        webhook.events(),
        webhook.description(),
        webhook.secret(),
        webhook.headers(),
        webhook.active(),
        webhook.disabledReason(),
        webhook.timeout(),
        webhook.retryPolicy(),
        webhook.createdAt(),
        webhook.updatedAt(),
        webhook.createdBy(),
        webhook.version(),
        webhook.circuit());
  }

  @Test
  void forgetsTheSecretOfADeletedWebhook() {
    Webhook inserted = await(store.insert(webhook(1)));

    assertThat(await(store.markDeleted(inserted.id(), NOW))).isTrue();
    assertThat(await(store.markDeleted(inserted.id(), NOW))).isFalse();
    assertThat(await(store.find(inserted.id()))).isEmpty();
    assertThat(await(store.update(inserted.id(), before -> null))).isEmpty();
    assertThat(loaded(store)).isEmpty();
    long sealedBytes =
        await(
            database
                .control()
                .query("select sum(length(secret_sealed) + length(headers_sealed)) from webhook")
                .execute()
                .map(rows -> rows.iterator().next().getLong(0)));
    assertThat(sealedBytes).isZero();
  }

  @Test
  void sealsAllSecretsAnewWithTheFirstKey() {
    await(Future.all(IntStream.range(0, 20).mapToObj(i -> store.insert(webhook(i))).toList()));

    WebhookStore.RekeyReport report = await(store(SECOND, FIRST).rekey());

    assertThat(report.rekeyed()).isEqualTo(20);
    assertThat(report.columnsByKeyId()).hasSize(1).containsValue(40L);
    assertThat(loaded(store(SECOND))).allSatisfy(w -> assertThat(w.secret()).startsWith("secret-"));
    assertThat(await(store(SECOND, FIRST).rekey()).rekeyed()).isZero();
  }

  @Test
  void refusesToStartWithoutTheKeyOfStoredSecrets() {
    await(store.insert(webhook(1)));

    assertThatThrownBy(() -> loaded(store(SECOND)))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(78))
        .hasMessageContaining("secrets.keys");
  }

  @Test
  void readsTheOthersWhereOneRowIsDamaged() {
    Webhook damaged = await(store.insert(webhook(1)));
    await(store.insert(webhook(2)));
    await(
        database
            .control()
            .query(
                "update webhook set secret_sealed = (select secret_sealed from webhook where number <> "
                    + damaged.number()
                    + ") where number = "
                    + damaged.number())
            .execute());

    assertThat(loaded(store)).extracting(Webhook::readable).containsExactly(false, true);
  }
}
