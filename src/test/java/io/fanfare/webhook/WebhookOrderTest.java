package io.fanfare.webhook;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.webhook.WebhookStore.Change;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes of a webhook whose commits are heard of in another order than they were made. */
@ExtendWith(VertxExtension.class)
class WebhookOrderTest {
  private final WebhookIndex index = new WebhookIndex();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Promise<Void> late = Promise.promise();
  private Database database;
  private WebhookRegistry registry;
  private WebhookRegistry slow;

  @BeforeEach
  void start(Vertx vertx) throws TimeoutException {
    database = await(TestDatabase.create(vertx));
    registry = registry(vertx, database.control());
    slow = registry(vertx, unheard(database.control(), late.future()));
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(database.close());
  }

  @Test
  void theNewerOneOfTwoUpdatesWinsThoughItIsHeardFirst() throws Exception {
    Webhook made = await(registry.create(TestWebhooks.of(0, "https://example.com/1")));
    Future<?> older = slow.update(made.id(), before -> new Change(url(before, "2"), true));
    await(settled(made, 2));
    await(registry.update(made.id(), before -> new Change(url(before, "3"), false)));
    late.complete();
    await(older);

    assertThat(index.byNumber(made.number()).url()).isEqualTo("https://example.com/3");
    assertThat(told)
        .as("the circuit is closed, as the older one asked for")
        .containsExactly("changed 3", "changed 2, circuit closed");
  }

  @Test
  void anUpdateThatIsHeardAfterTheDeletionBringsNothingBack() throws Exception {
    Webhook made = await(registry.create(TestWebhooks.of(0, "https://example.com/1")));
    Future<?> update = slow.update(made.id(), before -> new Change(url(before, "2"), true));
    await(settled(made, 2));
    await(registry.delete(made));
    late.complete();
    await(update);

    assertThat(index.size()).isZero();
    assertThat(told).containsExactly("deleted", "marked");
  }

  @Test
  void nothingThatWaitsIsEndedWhereTheDeletionIsNotCommitted() throws Exception {
    Webhook made = await(registry.create(TestWebhooks.of(0, "https://example.com/1")));
    await(database.control().query("alter table webhook rename to away").execute());
    Future<?> deleted = registry.delete(made);
    await(deleted.otherwiseEmpty());
    assertThat(deleted.failed()).isTrue();
    assertThat(told).containsExactly("deleted");

    await(database.control().query("alter table away rename to webhook").execute());
    assertThat(await(registry.delete(made))).isPresent();
    assertThat(told).containsExactly("deleted", "deleted", "marked");
  }

  @Test
  void aReceiverThatIsGoneAndAnUpdateThatIsHeardLater() throws Exception {
    Webhook made = await(registry.create(TestWebhooks.of(0, "https://example.com/1")));
    Future<?> update = slow.update(made.id(), before -> new Change(url(before, "2"), true));
    await(settled(made, 2));
    // The attempt went to the URL before.
    assertThat(await(registry.setInactiveGone(made))).isEmpty();
    late.complete();
    await(update);
    assertThat(index.byNumber(made.number()).active()).isTrue();
  }

  /** Completes when that version is committed. */
  private Future<?> settled(Webhook webhook, long version) {
    return registry
        .store()
        .find(webhook.id())
        .compose(
            found ->
                found.orElseThrow().version() == version
                    ? Future.succeededFuture()
                    : settled(webhook, version));
  }

  private WebhookRegistry registry(Vertx vertx, Pool pool) {
    SecretSeal seal = new SecretSeal(List.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
    return new WebhookRegistry(
        vertx, index, new WebhookStore(pool, seal), new Recording(), Clock.systemUTC());
  }

  /** The pool, of whose transactions nobody hears until then. */
  private static Pool unheard(Pool pool, Future<Void> until) {
    return (Pool)
        Proxy.newProxyInstance(
            Pool.class.getClassLoader(),
            new Class<?>[] {Pool.class},
            (self, method, arguments) -> {
              try {
                Object result = method.invoke(pool, arguments);
                return method.getName().equals("withTransaction")
                    ? ((Future<?>) result).compose(done -> until.map((Object) done))
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Webhook url(Webhook webhook, String path) {
    return new Webhook(
        webhook.number(),
        webhook.id(),
        webhook.projectId(),
        webhook.name(),
        "https://example.com/" + path,
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

  private final class Recording implements WebhookLifecycle {
    @Override
    public Future<Void> changed(Webhook before, Webhook after, boolean closeCircuit) {
      told.add("changed " + after.version() + (closeCircuit ? ", circuit closed" : ""));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> deleted(Webhook webhook) {
      told.add("deleted");
      return Future.succeededFuture();
    }

    @Override
    public void marked(Webhook webhook) {
      told.add("marked");
    }
  }
}
