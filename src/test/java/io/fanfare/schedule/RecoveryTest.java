package io.fanfare.schedule;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.bus.LocalCodec;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.history.Past;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an earlier process held in memory is due again, and nothing else. */
@ExtendWith(VertxExtension.class)
class RecoveryTest {
  private final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  private final List<Integer> told = new ArrayList<>();
  private Database database;

  @BeforeEach
  void open(Vertx vertx) throws TimeoutException {
    database = await(TestDatabase.create(vertx));
  }

  @AfterEach
  void close() throws TimeoutException {
    await(database.close());
  }

  @Test
  void isDueFromTheMarkOfTheEarlierProcessToTheFirstIdOfThisOne() throws Exception {
    pending(1, 1);
    UUID mark = ids.next();
    pending(2, 1);
    await(
        database.control().query("update delivery set due_at = now() where webhook = 2").execute());
    pending(3, 2);
    ended(4);
    UUID firstId = ids.next();
    pending(5, 1);

    assertThat(await(recovery(0, mark, firstId).run())).isEqualTo(2);

    assertThat(due()).containsExactly(2, 3, 3);
    assertThat(told).containsExactly(3, 3);
  }

  @Test
  void goesOnPageAfterPageTheOldestFirst() throws Exception {
    UUID mark = ids.next();
    pending(9, 1_000);
    pending(8, 1_000);
    pending(7, 500);

    assertThat(await(recovery(0, mark, ids.next()).run())).isEqualTo(2_500);

    assertThat(due()).hasSize(2_500);
    assertThat(told.stream().distinct()).containsExactly(9, 8, 7);
  }

  @Test
  void goesOnWhereItWasAfterADatabaseThatFailed() throws Exception {
    UUID mark = ids.next();
    pending(6, 1_500);
    refuse("the 1,001st", 1_000);
    Recovery recovery = recovery(0, mark, ids.next());

    assertThatThrownBy(() -> await(recovery.run())).isInstanceOf(PgException.class);
    assertThat(due()).hasSize(1_000);

    await(database.control().query("drop trigger refuse on delivery").execute());
    assertThat(await(recovery.run())).isEqualTo(1_500);
    assertThat(due()).hasSize(1_500);
  }

  @Test
  void aProcessThatWasTakenOverChangesNothing() throws Exception {
    UUID mark = ids.next();
    pending(2, 3);

    assertThat(await(recovery(-1, mark, ids.next()).run())).isZero();

    assertThat(due()).isEmpty();
  }

  @Test
  void theMarkIsFreeOnceAllIsDueAndWhatDeletedWebhooksHeldIsEnded(Vertx vertx) throws Exception {
    LocalCodec.register(vertx);
    int webhook = new Past(database, 1).webhook(new UUID(0, 1), null);
    await(
        database
            .control()
            .preparedQuery("update webhook set deleted_at = now() where number = $1::int4")
            .execute(Tuple.of(webhook)));
    UUID mark = ids.next();
    pending(webhook, 1);
    Promise<Integer> dueThen = Promise.promise();

    await(
        vertx.deployVerticle(
            new ScheduleVerticle(
                1,
                FanfareConfig.load(null, Map.of()).config().schedule(),
                Duration.ofDays(3),
                database.control(),
                new Fence(0, () -> {}),
                Clock.systemUTC(),
                mark,
                ids.next(),
                () -> held().onComplete(dueThen),
                () -> mark,
                new AtomicLong())));

    assertThat(await(dueThen.future())).as("held by nobody when the mark may move").isZero();
    Awaitility.await().until(() -> ended("webhook deleted") == 1);
  }

  private Recovery recovery(long epoch, UUID from, UUID before) {
    return new Recovery(database.control(), new Fence(epoch, () -> {}), from, before, told::add);
  }

  /** From then on the database refuses to make more than so many due. */
  private void refuse(String message, int after) throws TimeoutException {
    await(
        database
            .control()
            .query(
                """
                create function refuse() returns trigger language plpgsql as $$
                begin
                  if (select count(*) from delivery where due_at is not null) >= %d then
                    raise exception '%s';
                  end if;
                  return null;
                end $$;
                create trigger refuse before update on delivery for each statement execute function refuse()
                """
                    .formatted(after, message))
            .execute());
  }

  private void pending(int webhook, int n) throws TimeoutException {
    insert(webhook, IntStream.range(0, n).mapToObj(i -> ids.next()).toArray(UUID[]::new));
  }

  private void ended(int webhook) throws TimeoutException {
    pending(webhook, 1);
    await(
        database
            .control()
            .preparedQuery(
                "update delivery set status = 'success', ended_at = now() where webhook = $1::int4")
            .execute(Tuple.of(webhook)));
  }

  private void insert(int webhook, UUID... made) throws TimeoutException {
    await(
        database
            .control()
            .preparedQuery(
                """
                insert into delivery (webhook, id, event_id, event_type, status)
                select $1::int4, id, id, 'build.started', 'pending' from unnest($2::uuid[]) as t(id)
                """)
            .execute(Tuple.of(webhook).addArrayOfUUID(made)));
  }

  private Future<Integer> held() {
    return count("status = 'pending' and due_at is null");
  }

  private int ended(String error) throws TimeoutException {
    return await(count("status = 'failed' and error = '" + error + "'"));
  }

  private Future<Integer> count(String where) {
    return database
        .control()
        .query("select count(*)::int4 from delivery where " + where)
        .execute()
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  /** Webhooks of what is due. */
  private List<Integer> due() throws TimeoutException {
    List<Integer> webhooks = new ArrayList<>();
    await(
            database
                .control()
                .query("select webhook from delivery where due_at is not null order by webhook")
                .execute())
        .forEach(row -> webhooks.add(row.getInteger(0)));
    return webhooks;
  }
}
