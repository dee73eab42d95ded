package io.fanfare.schedule;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.bus.LocalCodec;
import io.fanfare.config.ScheduleConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.history.Past;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deliveries that wait for too long are given up. */
class ExpiryTest {
  private static final String INSERT =
      """
      with published as (
        insert into event (id, type, occurred_at, data, targets, test)
        values ($2::uuid, 'build.failed', '2024-01-01T12:00:00Z', '{}', array[$1::int4], false)
      )
      insert into delivery (webhook, id, event_id, event_type, status, failed, test, attempts, probes, due_at)
      values ($1::int4, $3::uuid, $2::uuid, 'build.failed', 'pending', false, false, 1, 0, now() + interval '1 hour')
      """;
  private static final long EPOCH = 7;

  private Vertx vertx;
  private Database database;
  private Past past;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    LocalCodec.register(vertx);
    database = TestDatabase.create(vertx).await(60, SECONDS);
    database
        .control()
        .preparedQuery("update node set epoch = $1::int8")
        .execute(Tuple.of(EPOCH))
        .await(10, SECONDS);
    past = new Past(database, 1);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(30, SECONDS);
  }

  @Test
  void endsWhatWaitsForLongerThanTheMaximumAndNothingElse() throws Exception {
    int webhook = past.webhook(new UUID(0, 1), null);
    Instant now = Instant.now();
    past.partitions(now.minus(Duration.ofHours(73)), 4);
    UUID old = delivery(webhook, now.minus(Duration.ofDays(3)).minusSeconds(5));
    UUID young = delivery(webhook, now.minus(Duration.ofHours(71)));
    vertx
        .deployVerticle(
            new ScheduleVerticle(
                1,
                new ScheduleConfig(10, Duration.ofHours(1), Duration.ofMillis(100)),
                Duration.ofDays(3),
                database.control(),
                new Fence(EPOCH, () -> {}),
                Clock.systemUTC(),
                IdGenerator.ZERO,
                IdGenerator.ZERO,
                () -> {},
                () -> IdGenerator.ZERO,
                new AtomicLong()))
        .await(10, SECONDS);
    await().until(() -> state(old).equals("failed: expired after 72 h"));
    assertThat(state(young)).isEqualTo("pending: null");
  }

  @ParameterizedTest
  @CsvSource({"PT72H, 72 h", "P30D, 720 h", "PT90M, 90 m", "PT1M30S, 90 s", "PT1H, 1 h"})
  void tellsTheMaximumInItsLargestWholeUnit(Duration maximum, String text) {
    assertThat(ScheduleVerticle.text(maximum)).isEqualTo(text);
  }

  private UUID delivery(int webhook, Instant accepted) throws Exception {
    UUID id = past.id(accepted.toEpochMilli());
    database
        .control()
        .preparedQuery(INSERT)
        .execute(Tuple.of(webhook, past.id(accepted.toEpochMilli()), id))
        .await(10, SECONDS);
    return id;
  }

  private String state(UUID delivery) throws Exception {
    return database
        .control()
        .preparedQuery(
            "select status || ': ' || coalesce(error, 'null') from delivery where id = $1")
        .execute(Tuple.of(delivery))
        .map(rows -> rows.iterator().next().getString(0))
        .await(10, SECONDS);
  }
}
