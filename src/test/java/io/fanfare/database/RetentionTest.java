package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Days 1 to 5 of January 2024 have partitions, and two days are kept. */
@ExtendWith(VertxExtension.class)
class RetentionTest {
  private static final Duration KEEP = Duration.ofDays(2);
  private static final Duration TTL = Duration.ofHours(24);
  private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);
  private static final Instant FIFTH = Instant.parse("2024-01-05T12:00:00Z");
  private static final UUID DAY_1 = id("2024-01-01T10:00:00Z");
  private static final UUID DAY_2 = id("2024-01-02T10:00:00Z");
  private static final UUID DAY_4 = id("2024-01-04T10:00:00Z");

  private Database database;
  private Retention retention;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.create(vertx).await(30, SECONDS);
    new Partitions(database, Clock.systemUTC(), 0).ensure(FIRST, 5).await(10, SECONDS);
    retention = new Retention(database);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void dropsExpiredDaysAndEventsADayLater() throws Exception {
    insertDelivery(DAY_1, DAY_1, "success");

    assertThat(drop(FIFTH))
        .containsExactly(
            "delivery_20240101",
            "delivery_20240102",
            "attempt_20240101",
            "attempt_20240102",
            "event_20240101");
    assertThat(drop(FIFTH)).isEmpty();
    assertThat(drop(FIFTH.plus(Duration.ofDays(1))))
        .containsExactly("delivery_20240103", "attempt_20240103", "event_20240102");
  }

  @Test
  void keepsWhatIsPendingWithItsAttemptsAndEvents() throws Exception {
    insertDelivery(DAY_2, DAY_2, "pending");

    assertThat(drop(FIFTH)).containsExactly("delivery_20240101", "attempt_20240101");

    execute("update delivery set status = 'success', ended_at = now()");
    assertThat(drop(FIFTH))
        .containsExactly("delivery_20240102", "attempt_20240102", "event_20240101");
  }

  @Test
  void keepsTheEventOfAKeptRedelivery() throws Exception {
    insertRedelivery(DAY_1, DAY_4);

    assertThat(drop(FIFTH)).doesNotContain("event_20240101");

    assertThat(drop(FIFTH.plus(Duration.ofDays(2))))
        .contains("delivery_20240104", "event_20240101");
    assertThat(count("redelivery")).isZero();
  }

  @Test
  void deletesRedeliveriesWithTheirDeliveriesOnly() throws Exception {
    insertRedelivery(DAY_1, DAY_1);
    insertRedelivery(DAY_1, DAY_2);
    insertRedelivery(DAY_1, DAY_4);
    insertDelivery(DAY_2, DAY_1, "pending");

    drop(FIFTH);

    assertThat(count("redelivery where delivery_id = '" + DAY_1 + "'")).isZero();
    assertThat(count("redelivery")).isEqualTo(2);
  }

  @Test
  void deletesHeadersOfAnswersWithTheOldestDayThatIsKept() throws Exception {
    insertDelivery(DAY_2, DAY_2, "pending");
    execute(
        "insert into usual_headers select day, 1, '{}' from generate_series("
            + FIRST.toEpochDay()
            + ", "
            + FIRST.plusDays(4).toEpochDay()
            + ") as day");

    drop(FIFTH);
    assertThat(count("usual_headers")).isEqualTo(4);

    execute("update delivery set status = 'success', ended_at = now()");
    drop(FIFTH);
    assertThat(count("usual_headers")).isEqualTo(3);
  }

  @Test
  void deletesExpiredIdempotencyKeys() throws Exception {
    execute(
        """
        insert into idempotency_key (scope, key, body_hash, answer, created_at)
        select '', 'old' || n, ''::bytea, ''::bytea, '2024-01-04T11:59:59Z'::timestamptz from generate_series(1, 5001) as n
        union all select '', 'new', '', '', '2024-01-04T12:00:01Z'::timestamptz
        """);

    drop(FIFTH);

    assertThat(count("idempotency_key")).isEqualTo(1);
  }

  @Test
  void endsWhatARunThatWasCutOffHasBegun() throws Exception {
    execute("alter table delivery detach partition delivery_20240101");

    assertThat(drop(FIFTH)).contains("delivery_20240101", "event_20240101");
  }

  @Test
  void waitsForAReaderWithoutHoldingUpWriters() throws Exception {
    PgConnection reader = database.connect("reader").await(10, SECONDS);
    reader.query("begin").execute().await(10, SECONDS);
    reader.query("select count(*) from delivery").execute().await(10, SECONDS);

    Future<List<String>> dropping = retention.dropExpired(FIFTH, KEEP, TTL);
    awaitDetaching();
    insertDelivery(DAY_4, DAY_4, "pending");
    assertThat(dropping.isComplete()).isFalse();

    reader.query("commit").execute().await(10, SECONDS);
    reader.close().await(10, SECONDS);
    assertThat(dropping.await(20, SECONDS)).contains("delivery_20240101");
  }

  @Test
  void leavesTheWorkToTheProcessThatIsAtIt() throws Exception {
    PgConnection other = database.connect("other").await(10, SECONDS);
    other.query("select pg_advisory_lock(" + Retention.LOCK + ")").execute().await(10, SECONDS);

    assertThat(drop(FIFTH)).isEmpty();

    other.close().await(10, SECONDS);
  }

  @Test
  void forgetsEndedRedeliveriesAndChangesOfCircuits() throws Exception {
    execute(
        """
        insert into bulk_redelivery (id, webhook, state, status, until_id, place, matching,
          created_by, created_at, updated_at, ended_at)
        select gen_random_uuid(), n, case n when 3 then 'running' else 'done' end, 'failed',
          gen_random_uuid(), gen_random_uuid(), 1, 'test', '2024-01-01', '2024-01-01',
          case n when 1 then '2024-01-02T12:00:00Z' when 2 then '2024-01-03T12:00:00Z' end::timestamptz
        from generate_series(1, 3) as n
        """);
    execute(
        "insert into circuit_change (webhook, id, state, failures) values (1, '"
            + DAY_2
            + "', 'closed', 0), (1, '"
            + DAY_4
            + "', 'closed', 0)");

    drop(FIFTH);

    assertThat(count("bulk_redelivery where webhook = 1")).isZero();
    assertThat(count("bulk_redelivery")).isEqualTo(2);
    assertThat(count("circuit_change")).isEqualTo(1);
  }

  private void awaitDetaching() throws Exception {
    while (count("pg_inherits where inhdetachpending") == 0) {
      Thread.onSpinWait();
    }
  }

  private List<String> drop(Instant now) throws Exception {
    return retention.dropExpired(now, KEEP, TTL).await(20, SECONDS);
  }

  private void insertDelivery(UUID id, UUID event, String status) throws Exception {
    database
        .control()
        .preparedQuery(
            """
            insert into delivery (webhook, id, event_id, event_type, status, ended_at)
            values (1, $1::uuid, $2::uuid, 'build.started', $3::text::delivery_status,
              case $3::text when 'pending' then null else now() end)
            """)
        .execute(Tuple.of(id, event, status))
        .await(10, SECONDS);
  }

  private void insertRedelivery(UUID event, UUID delivery) throws Exception {
    database
        .control()
        .preparedQuery(
            "insert into redelivery (event_id, delivery_id, webhook, original_id)"
                + " values ($1::uuid, $2::uuid, 1, $1::uuid)")
        .execute(Tuple.of(event, delivery))
        .await(10, SECONDS);
  }

  private void execute(String sql) throws Exception {
    database.control().query(sql).execute().await(10, SECONDS);
  }

  private long count(String from) throws Exception {
    return database
        .control()
        .query("select count(*) from " + from)
        .execute()
        .map(rows -> rows.iterator().next().getLong(0))
        .await(10, SECONDS);
  }

  private static UUID id(String time) {
    return IdGenerator.floorOf(Instant.parse(time).toEpochMilli());
  }
}
