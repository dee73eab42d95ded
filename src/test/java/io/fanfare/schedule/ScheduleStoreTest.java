package io.fanfare.schedule;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the schedule repairs and ends, and what it must leave to others. */
@ExtendWith(VertxExtension.class)
class ScheduleStoreTest {
  private static final int WEBHOOK = 2;

  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  private Database database;
  private ScheduleStore store;
  private ScheduleStore fenced;

  @BeforeEach
  void open(Vertx vertx) throws TimeoutException {
    database = await(TestDatabase.create(vertx));
    store = new ScheduleStore(database.control(), new Fence(0, () -> {}));
    // Of a process that has been taken over: its memory says nothing about what is held now.
    fenced = new ScheduleStore(database.control(), new Fence(-1, () -> {}));
  }

  @AfterEach
  void close() throws TimeoutException {
    await(database.close());
  }

  @Test
  void theAuditMakesDueWhatNobodyHoldsAndOnlyBelowTheMark() throws Exception {
    UUID from = ids.next();
    UUID orphan = pending("null");
    UUID mark = ids.next();
    UUID held = pending("null");

    assertThat(await(repair(-1, from, mark))).isZero();
    assertThat(count("due_at is not null")).isZero();
    assertThat(await(repair(0, from, mark))).isEqualTo(1);
    assertThat(count("due_at is not null and id = '" + orphan + "'")).isEqualTo(1);
    assertThat(count("due_at is null and id = '" + held + "'")).isEqualTo(1);
  }

  @Test
  void theAuditLooksAtTheNewestRowsAndNotAtEveryWebhook() throws Exception {
    othersAreThere(100_000);
    await(database.control().query("analyze delivery").execute());
    UUID from = ids.next();
    UUID orphan = pending("null");

    long searches =
        await(
            database
                .control()
                .withTransaction(
                    connection ->
                        new ScheduleStore(connection, new Fence(0, () -> {}))
                            .repair(from, ids.next())
                            .onSuccess(found -> assertThat(found).isEqualTo(1))
                            .compose(found -> statistic(connection, "idx_scan"))));

    assertThat(searches).isEqualTo(1);
    assertThat(count("due_at is not null and id = '" + orphan + "'")).isEqualTo(1);
  }

  private Future<Integer> repair(long epoch, UUID from, UUID before) {
    return database
        .control()
        .withTransaction(
            connection ->
                new ScheduleStore(connection, new Fence(epoch, () -> {})).repair(from, before));
  }

  @Test
  void theEndOfAWebhookLeavesWhatIsInMemoryToItsOutcome() throws Exception {
    UUID waits = pending("now()");
    UUID onItsWay = pending("now()");
    Deleted deleted = new Deleted(WEBHOOK, Set.of(onItsWay));

    assertThat(await(fenced.endOfWebhook(deleted, 10))).isZero();
    assertThat(await(store.endOfWebhook(deleted, 10))).isEqualTo(1);
    assertThat(await(store.endOfWebhook(deleted, 10))).isZero();
    assertThat(count("status = 'failed' and error = 'webhook deleted' and id = '" + waits + "'"))
        .isEqualTo(1);
    assertThat(count("status = 'pending' and id = '" + onItsWay + "'")).isEqualTo(1);
  }

  @Test
  void whatWaitedTooLongIsEndedByWhoHasTheRightAlone() throws Exception {
    pending("now()");
    long later = System.currentTimeMillis() + 10_000;

    assertThat(await(fenced.endExpired(later, "expired after 72 h", 10))).isZero();
    assertThat(await(store.endExpired(later, "expired after 72 h", 10))).isEqualTo(1);
    assertThat(count("status = 'failed' and error = 'expired after 72 h'")).isEqualTo(1);
  }

  @Test
  void aPageReadsNoMoreOfALongBacklogThanItIsAskedForAndWhatIsHeld() throws Exception {
    UUID first = pending("now() - interval '2 hours'");
    UUID second = pending("now() - interval '1 hour'");
    insert("now()", newIds(2_000));
    // Then the planner believes that a webhook has few that wait, and that sorting them costs
    // little.
    othersAreThere(100_000);
    await(database.control().query("analyze delivery").execute());

    long read =
        await(
            database
                .control()
                .withTransaction(
                    connection ->
                        new ScheduleStore(connection, new Fence(0, () -> {}))
                            .pages(
                                List.of(new PageRequest(WEBHOOK, 1, Set.of(first))),
                                System.currentTimeMillis())
                            .onSuccess(
                                pages ->
                                    assertThat(pages.get(WEBHOOK))
                                        .extracting(Page.Due::id)
                                        .containsExactly(second))
                            .compose(pages -> statistic(connection, "idx_tup_fetch"))));

    assertThat(read).isEqualTo(2);
  }

  /** What this transaction has done to deliveries, see {@code pg_stat_xact_user_tables}. */
  private static Future<Long> statistic(SqlConnection connection, String column) {
    return connection
        .query(
            "select sum(%s)::int8 from pg_stat_xact_user_tables where relname ~ '^delivery_'"
                .formatted(column))
        .execute()
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** Deliveries of five hundred webhooks in turn, of which one in fifty waits. */
  private void othersAreThere(int deliveries) throws TimeoutException {
    await(
        database
            .control()
            .preparedQuery(
                """
                insert into delivery (webhook, id, event_id, event_type, status, due_at)
                select 100 + n % 500, id, id, 'build.started', 'pending', case when n / 500 % 50 = 0 then now() end
                from unnest($1::uuid[]) with ordinality as t(id, n)
                """)
            .execute(Tuple.tuple().addArrayOfUUID(newIds(deliveries))));
  }

  private UUID[] newIds(int n) {
    return Stream.generate(ids::next).limit(n).toArray(UUID[]::new);
  }

  private UUID pending(String dueAt) throws TimeoutException {
    UUID id = ids.next();
    insert(dueAt, id);
    return id;
  }

  private void insert(String dueAt, UUID... made) throws TimeoutException {
    await(
        database
            .control()
            .preparedQuery(
                """
                with events as (
                  insert into event (id, type, occurred_at, data, targets, test)
                  select id, 'build.started', '2026-01-01T00:00:00Z', '{}', array[$1::int4], false
                  from unnest($2::uuid[]) as t(id)
                )
                insert into delivery (webhook, id, event_id, event_type, status, due_at)
                select $1::int4, id, id, 'build.started', 'pending', %s from unnest($2::uuid[]) as t(id)
                """
                    .formatted(dueAt))
            .execute(Tuple.of(WEBHOOK).addArrayOfUUID(made)));
  }

  private long count(String where) throws TimeoutException {
    return await(
        database
            .control()
            .query("select count(*) from delivery where " + where)
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }
}
