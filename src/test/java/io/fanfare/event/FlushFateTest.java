package io.fanfare.event;

import static io.fanfare.event.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.faults.Relay;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A flush that was committed, or was not, while its client cannot know: the publisher gets the
 * answer that the database has, and every event is there once.
 */
class FlushFateTest {
  private @Nullable IngestRig rig;

  private IngestRig rig(Duration linger) throws TimeoutException {
    rig = new IngestRig(1, linger, pool -> pool);
    return rig;
  }

  @AfterEach
  void close() throws TimeoutException {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void aCommitWhoseAnswerVanishedIsAnsweredAsCommitted() throws Exception {
    committedUnheard(Relay.Mode.DEAF);
  }

  @Test
  void aCommitWhoseConnectionBrokeIsAnsweredAsCommitted() throws Exception {
    committedUnheard(Relay.Mode.CUT);
  }

  private void committedUnheard(Relay.Mode mode) throws Exception {
    IngestRig faulty = rig(Duration.ZERO);
    // Statements are prepared now, so that only the answer to the execution is lost.
    await(faulty.publish(0));
    await(faulty.publish(0));
    faulty.relay.mode(mode);
    Future<JsonObject> answer = faulty.publish(1);
    await().until(() -> faulty.count("event") == 3);
    faulty.relay.mode(Relay.Mode.PASS);

    assertThat(await(answer).getInteger("deliveries")).isEqualTo(1);
    assertThat(faulty.count("event")).isEqualTo(3);
    assertThat(faulty.count("delivery")).isEqualTo(3);
    assertThat(faulty.count("stat_delta")).isEqualTo(3);
    await().until(() -> faulty.handedOver.size() == 3);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aFlushThatWasNotCommittedInTimeIsTriedAgain() throws Exception {
    IngestRig faulty = rig(Duration.ZERO);
    PgConnection stranger = faulty.holdUp();
    Future<JsonObject> answer = faulty.publish(1);
    await().until(() -> !faulty.heldUp().isEmpty());
    int first = faulty.heldUp().get(0);
    // Its time is over, its backend was ended, and the next try waits.
    await().until(() -> !faulty.heldUp().isEmpty() && faulty.heldUp().get(0) != first);
    IngestRig.letGo(stranger);

    assertThat(await(answer).getInteger("deliveries")).isEqualTo(1);
    assertThat(faulty.count("event")).isEqualTo(1);
    assertThat(faulty.count("delivery")).isEqualTo(1);
    assertThat(faulty.count("stat_delta")).isEqualTo(1);
    await().until(() -> faulty.handedOver.size() == 1);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aFlushWhoseBackendWasTerminatedIsTriedAgain() throws Exception {
    IngestRig faulty = rig(Duration.ZERO);
    PgConnection stranger = faulty.holdUp();
    Future<JsonObject> answer = faulty.publish(1);
    await().until(() -> !faulty.heldUp().isEmpty());
    await(stranger.query("select pg_terminate_backend(" + faulty.heldUp().get(0) + ")").execute());
    IngestRig.letGo(stranger);

    assertThat(await(answer).getInteger("deliveries")).isEqualTo(1);
    assertThat(faulty.count("event")).isEqualTo(1);
    assertThat(faulty.count("delivery")).isEqualTo(1);
    await().until(() -> faulty.handedOver.size() == 1);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aFlushThatIsNeverCommittedIsRefusedAndLetsEverythingGo() throws Exception {
    IngestRig faulty = rig(Duration.ZERO);
    PgConnection stranger = faulty.holdUp();
    Future<JsonObject> answer = faulty.publish(1);

    assertThatThrownBy(() -> await(answer))
        .isInstanceOfSatisfying(
            ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(503));
    IngestRig.letGo(stranger);
    assertThat(faulty.count("event")).isZero();
    assertThat(faulty.handedOver).isEmpty();
    await().until(faulty::holdsNothing);
  }

  @Test
  void aFailedLookUpDecidesNothing() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    IngestRig faulty = new IngestRig(1, Duration.ZERO, pool -> failing(pool, failures));
    rig = faulty;
    await(faulty.publish(0));
    await(faulty.publish(0));
    faulty.relay.mode(Relay.Mode.CUT);
    failures.set(2);
    Future<JsonObject> answer = faulty.publish(1);
    await().until(() -> failures.get() == 0);
    faulty.relay.mode(Relay.Mode.PASS);

    assertThat(await(answer).getInteger("deliveries")).isEqualTo(1);
    await().until(() -> faulty.handedOver.size() == 3);
    assertThat(faulty.count("event")).isEqualTo(3);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aSilentDatabaseMakesNobodyWaitAndNothingIsLostOrDoubledWhenItSpeaksAgain() throws Exception {
    AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);
    IngestRig faulty = new IngestRig(1, Duration.ZERO, pool -> failing(pool, failures));
    rig = faulty;
    await(faulty.publish(0));
    await(faulty.publish(0));
    faulty.relay.mode(Relay.Mode.CUT);
    Future<JsonObject> unheard = faulty.publish(1);
    Future<JsonObject> queued = faulty.publish(2);
    for (Future<JsonObject> refused : List.of(unheard, queued)) {
      assertThatThrownBy(() -> await(refused))
          .isInstanceOfSatisfying(
              ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(503));
    }
    Future<JsonObject> meanwhile = faulty.publish(3);
    assertThatThrownBy(() -> await(meanwhile)).hasMessageContaining("does not answer");
    faulty.relay.mode(Relay.Mode.PASS);
    failures.set(0);

    // It was committed, so it is delivered; what waited behind it was not.
    await().until(() -> faulty.handedOver.size() == 3);
    assertThat(faulty.count("event")).isEqualTo(3);
    assertThat(await(faulty.publish(4)).getInteger("deliveries")).isEqualTo(1);
    await().until(() -> faulty.handedOver.size() == 4);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aRepeatedKeyIsAnsweredThoughItsFlushHasToBeTriedAgain() throws Exception {
    IngestRig faulty = rig(Duration.ofMillis(100));
    JsonObject first = await(faulty.publish(1, "known"));
    PgConnection stranger = faulty.holdUp();
    Future<JsonObject> repeated = faulty.publish(1, "known");
    Future<JsonObject> reused = faulty.publish(2, "known");
    Future<JsonObject> other = faulty.publish(3, "fresh");
    Future<JsonObject> another = faulty.publish(4, "fresher");
    await().until(() -> !faulty.heldUp().isEmpty());
    int held = faulty.heldUp().get(0);
    await().until(() -> !faulty.heldUp().contains(held));
    IngestRig.letGo(stranger);

    assertThat(await(repeated).getString("event_id")).isEqualTo(first.getString("event_id"));
    assertThat(await(repeated).getBoolean("duplicate")).isTrue();
    assertThatThrownBy(() -> await(reused))
        .isInstanceOfSatisfying(
            ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(409));
    assertThat(await(other).getInteger("deliveries")).isEqualTo(1);
    assertThat(await(another).getInteger("deliveries")).isEqualTo(1);
    assertThat(faulty.count("event")).isEqualTo(3);
    await().until(() -> faulty.handedOver.size() == 3);
    await().until(faulty::holdsNothing);
  }

  @Test
  void aValueThatTheDatabaseRefusesFailsOnlyItsOwnRequest() throws Exception {
    IngestRig faulty = rig(Duration.ofMillis(100));
    Future<JsonObject> before = faulty.publish(1);
    Future<Message<Object>> guilty = unchecked(faulty, "build\0started");
    Future<JsonObject> after = faulty.publish(2);
    Future<Message<Object>> guiltyToo = unchecked(faulty, "\0");
    Future<JsonObject> last = faulty.publish(3, "with-a-key");

    for (Future<JsonObject> stranger : List.of(before, after, last)) {
      assertThat(await(stranger).getInteger("deliveries")).isEqualTo(1);
    }
    for (Future<Message<Object>> refused : List.of(guilty, guiltyToo)) {
      assertThatThrownBy(() -> await(refused))
          .isInstanceOfSatisfying(
              ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(500));
    }
    assertThat(faulty.count("event")).isEqualTo(3);
    await().until(() -> faulty.handedOver.size() == 3);
    await().until(faulty::holdsNothing);
  }

  /** A request that nobody has checked. */
  private static Future<Message<Object>> unchecked(IngestRig faulty, String type) {
    PublishRequest request =
        new PublishRequest(
            List.of(new NewEvent(type, null, null, Buffer.buffer("{}"))), false, null);
    return faulty.vertx.eventBus().request(Addresses.PUBLISH, request, LocalCodec.OPTIONS);
  }

  /** The pool, whose next queries fail as often as the counter says. */
  private static Pool failing(Pool pool, AtomicInteger failures) {
    return (Pool)
        Proxy.newProxyInstance(
            Pool.class.getClassLoader(),
            new Class<?>[] {Pool.class},
            (self, method, arguments) -> {
              if (method.getName().equals("preparedQuery")
                  && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                return pool.preparedQuery("select 1 / 0 where $1::uuid is not null");
              }
              try {
                return method.invoke(pool, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
