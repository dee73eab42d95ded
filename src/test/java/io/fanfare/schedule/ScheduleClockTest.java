package io.fanfare.schedule;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.SteppingClock;
import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.event.Waiting;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Retries while the clock steps: none is lost, and none comes before its time. */
@ExtendWith(VertxExtension.class)
class ScheduleClockTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final SteppingClock clock = new SteppingClock(System.currentTimeMillis());
  private final List<Integer> woken = new CopyOnWriteArrayList<>();
  private Database database;
  private Vertx vertx;

  @BeforeEach
  void start(Vertx given) throws TimeoutException {
    vertx = given;
    LocalCodec.register(vertx);
    database = await(TestDatabase.create(vertx));
    vertx
        .eventBus()
        .<Wake>localConsumer(
            Addresses.supervisor(0), message -> woken.add(message.body().webhook()));
    await(
        vertx.deployVerticle(
            new ScheduleVerticle(
                1,
                FanfareConfig.load(null, Map.of()).config().schedule(),
                Duration.ofDays(3),
                database.control(),
                new Fence(0, () -> {}),
                clock,
                IdGenerator.ZERO,
                IdGenerator.ZERO,
                () -> {},
                () -> IdGenerator.ZERO,
                new AtomicLong())));
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(database.close());
  }

  @Test
  void aRetryComesAtItsTimeThoughTheClockStepsBackAndForth() throws Exception {
    waits(2, clock.millis() + 100);
    waits(3, clock.millis() + 2 * HOUR);
    clock.step(-HOUR);
    // The timer that was set before the step has run by then.
    await(vertx.timer(400, TimeUnit.MILLISECONDS));
    assertThat(woken).as("an hour too early").isEmpty();
    clock.step(HOUR + 100);
    await().until(() -> woken.equals(List.of(2)));

    clock.step(HOUR);
    waits(4, clock.millis() + 10 * HOUR);
    clock.step(HOUR);
    await().until(() -> woken.equals(List.of(2, 3)));
  }

  private void waits(int webhook, long dueAt) {
    vertx
        .eventBus()
        .send(
            Addresses.WAITING,
            new Waiting(new int[] {webhook}, new long[] {dueAt}),
            LocalCodec.OPTIONS);
  }
}
