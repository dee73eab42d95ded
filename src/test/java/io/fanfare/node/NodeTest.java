package io.fanfare.node;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fanfare.config.StartException;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may deliver, and who must stop. */
@ExtendWith(VertxExtension.class)
class NodeTest {
  private static final String PENDING =
      """
      insert into delivery (webhook, id, event_id, event_type, status)
      select 2, $2::uuid, $2::uuid, 'build.started', 'pending' from node where epoch = $1::int8
      """;

  private final AtomicInteger lost = new AtomicInteger();
  private Database database;
  private Database other;
  private PgConnection stranger;

  @BeforeEach
  void start(Vertx vertx) throws TimeoutException {
    database = await(TestDatabase.create(vertx));
    PgConnectOptions target = database.connectOptions("test");
    other =
        await(
            Database.open(
                vertx,
                TestDatabase.config(
                    "postgresql://%s:%s@%s:%d/%s"
                        .formatted(
                            target.getUser(),
                            target.getPassword(),
                            target.getHost(),
                            target.getPort(),
                            target.getDatabase()))));
    stranger = await(PgConnection.connect(vertx, database.connectOptions("stranger")));
    // Not of an earlier process: nobody may end it.
    await(stranger.query("set application_name = 'stranger'").execute());
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(stranger.close());
    await(other.close());
    await(database.close());
  }

  @Test
  void aSecondProcessSaysThatOneIsRunningAndHarmsNothing(Vertx vertx) throws Exception {
    Node first = take(vertx, database);

    assertThatThrownBy(() -> await(Node.take(vertx, other, () -> {})))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.exitCode()).isEqualTo(69))
        .hasMessageContaining("another Fanfare process is running on this database");
    assertThat(first.fence().isHeld()).isTrue();
    assertThat(value("select epoch from node")).isEqualTo(first.fence().epoch());
  }

  @Test
  void whoTakesOverLearnsWhereTheEarlierOneLeftItsMark(Vertx vertx) throws Exception {
    Node first = take(vertx, database);
    UUID mark = IdGenerator.floorOf(System.currentTimeMillis());
    await(first.release(mark));

    Node second = take(vertx, other);

    assertThat(second.fence().epoch()).isEqualTo(first.fence().epoch() + 1);
    assertThat(second.earlierMark()).isEqualTo(mark);
    await(second.release(mark));
  }

  /**
   * A statement of the earlier process that looked at the epoch just before it was raised must not
   * commit behind the back of whoever looks for what it held.
   */
  @Test
  void noStatementOfTheEarlierProcessCommitsAfterTheTakeOver(Vertx vertx) throws Exception {
    Node first = take(vertx, database);
    await(first.release(IdGenerator.ZERO));
    // The one who takes over has to wait before it can raise the epoch.
    await(stranger.query("begin").execute());
    await(stranger.query("select from node for update").execute());
    Future<Node> taking = Node.take(vertx, other, () -> {});
    await().until(() -> waits("fanfare-node-" + other.instance()));
    // Meanwhile a statement with the earlier epoch begins, and waits as well.
    PgConnection locker = await(PgConnection.connect(vertx, database.connectOptions("locker")));
    await(locker.query("set application_name = 'locker'").execute());
    await(locker.query("begin").execute());
    await(locker.query("lock table delivery in exclusive mode").execute());
    PgConnection zombie = await(database.connect("ingest"));
    Future<?> late = insert(zombie, first, IdGenerator.floorOf(System.currentTimeMillis()));
    await().until(() -> waits("fanfare-ingest-" + database.instance()));
    await(stranger.query("commit").execute());
    await().until(() -> value("select count(*) from node where epoch = 2") == 1);
    await().until(late::isComplete);
    await(locker.query("commit").execute());
    Node second = await(taking);

    assertThat(late.failed()).isTrue();
    assertThat(value("select count(*) from delivery")).isZero();
    await(second.release(IdGenerator.ZERO));
    await(locker.close());
  }

  @Test
  void whoseLockBreaksGoesOnOnlyAsLongAsNobodyHasTakenOver(Vertx vertx) throws Exception {
    Node node = take(vertx, database);
    long before = lockHolder();
    killLock();
    await().until(() -> lockHolder() > 0 && lockHolder() != before);
    await().until(() -> node.fence().isHeld());
    assertThat(lost).hasValue(0);

    // Now another one is faster.
    await(stranger.query("begin").execute());
    await(stranger.query("select from node for update").execute());
    await(stranger.query("update node set epoch = epoch + 1").execute());
    await(stranger.query("commit").execute());
    killLock();
    await().until(() -> lost.get() == 1);
    assertThat(node.fence().isHeld()).isFalse();
    await(node.release(IdGenerator.ZERO));
  }

  @Test
  void whoseEpochWasRaisedHearsOfItWithTheNextBeat(Vertx vertx) throws Exception {
    Node node = take(vertx, database);
    node.beatWith(() -> IdGenerator.ZERO);
    await(stranger.query("update node set epoch = epoch + 1").execute());
    await().until(() -> lost.get() == 1);
    assertThat(node.fence().isHeld()).isFalse();
    await(node.release(IdGenerator.floorOf(1)));
    assertThat(value("select count(*) from node where mark = '" + IdGenerator.ZERO + "'"))
        .as("it writes no mark any more")
        .isEqualTo(1);
  }

  private Node take(Vertx vertx, Database mine) throws TimeoutException {
    return await(Node.take(vertx, mine, lost::incrementAndGet));
  }

  private static Future<RowSet<Row>> insert(SqlClient client, Node node, UUID id) {
    return client.preparedQuery(PENDING).execute(Tuple.of(node.fence().epoch(), id));
  }

  private void killLock() throws TimeoutException {
    await(
        stranger
            .query(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and application_name like 'fanfare-node-%'
                """)
            .execute());
  }

  private long lockHolder() throws TimeoutException {
    return value(
        """
        select coalesce(max(l.pid), 0) from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and a.datname = current_database()
          and a.application_name like 'fanfare-node-%'
        """);
  }

  private boolean waits(String application) throws TimeoutException {
    return value(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                + " and application_name like '"
                + application.substring(0, Math.min(63, application.length()))
                + "%'")
        > 0;
  }

  private long value(String sql) throws TimeoutException {
    return await(
        database.control().query(sql).execute().map(rows -> rows.iterator().next().getLong(0)));
  }
}
