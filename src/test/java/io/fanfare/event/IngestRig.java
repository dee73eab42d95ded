package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.IngestConfig;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.database.Writer;
import io.fanfare.faults.Relay;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.trace.Tracing;
import io.fanfare.webhook.TestWebhooks;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Ingest verticles on a database of their own, with a relay on the way of their statements; the
 * test plays the delivery room.
 */
final class IngestRig implements AutoCloseable {
  static final int WEBHOOK = 2;
  static final Duration LIMIT = Duration.ofMillis(700);

  final Vertx vertx = Vertx.vertx();
  final Database database;
  final Database relayed;
  final Relay relay;
  final List<Delivery> handedOver = new CopyOnWriteArrayList<>();
  final Windows windows = new Windows(1_000, new HeldBytes(1 << 20));
  final HeldBytes uncommitted = new HeldBytes(1 << 20);
  final IdGenerator ids;
  final OpenSet openSet;
  final EventPublisher publisher;

  /**
   * @param verticles how many there are; requests go to each in turn
   * @param linger so long every flush waits for more
   * @param lookups stands before the pool that tells what was committed
   */
  IngestRig(int verticles, Duration linger, UnaryOperator<Pool> lookups) throws TimeoutException {
    database = await(TestDatabase.create(vertx));
    PgConnectOptions target = database.connectOptions("test");
    relay = Relay.start(vertx, target.getHost(), target.getPort());
    relayed = await(Database.open(vertx, TestDatabase.config(relayedUrl(target))));
    LocalCodec.register(vertx);
    publisher = new EventPublisher(vertx);
    ids = new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
    openSet = new OpenSet(ids, IdGenerator.ZERO);
    openSet.earlier().sealed();
    WebhookIndex index = new WebhookIndex();
    index.put(TestWebhooks.of(WEBHOOK, "http://127.0.0.1:1/"));
    vertx
        .eventBus()
        .<HandOver>localConsumer(
            Addresses.supervisor(0),
            message -> {
              handedOver.addAll(message.body().deliveries());
              message.reply(null);
            });
    for (int i = 0; i < verticles; i++) {
      FlushCommit commit =
          new FlushCommit(
              vertx,
              new Fence(0, () -> {}),
              new Writer(vertx, database, relayed.ingest(), LIMIT),
              lookups.apply(database.control()),
              Future::succeededFuture,
              1_000,
              Duration.ofHours(24).toMillis());
      await(
          vertx.deployVerticle(
              new EventIngestVerticle(
                  i,
                  config(linger),
                  ids,
                  openSet,
                  index,
                  windows,
                  uncommitted,
                  commit,
                  new FlushHandOver(vertx, 1, Clock.systemUTC(), unacknowledged -> {}),
                  Clock.systemUTC(),
                  Tracing.OFF,
                  (events, deliveries, nanos) -> {})));
    }
  }

  private String relayedUrl(PgConnectOptions target) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(target.getUser(), target.getPassword(), relay.port(), target.getDatabase());
  }

  private static IngestConfig config(Duration linger) {
    return FanfareConfig.load(
            null,
            Map.of(
                "FANFARE_INGEST_LINGER",
                linger.toMillis() + "ms",
                "FANFARE_DATABASE_EMBEDDED_DIR",
                "target/unused"))
        .config()
        .ingest();
  }

  Future<JsonObject> publish(int n) {
    return publisher.publish("build.started", new JsonObject().put("n", n));
  }

  Future<JsonObject> publish(int n, String key) {
    return publisher.publish("build.started", Buffer.buffer("{\"n\":" + n + "}"), null, null, key);
  }

  /** A connection of a stranger, who can hold locks. */
  PgConnection stranger() throws TimeoutException {
    return await(PgConnection.connect(vertx, database.connectOptions("stranger")));
  }

  /** Everything that writes events waits until this connection ends its transaction. */
  PgConnection holdUp() throws TimeoutException {
    PgConnection stranger = stranger();
    await(stranger.query("begin").execute());
    await(stranger.query("lock table event in exclusive mode").execute());
    return stranger;
  }

  static void letGo(PgConnection stranger) throws TimeoutException {
    await(stranger.query("commit").execute());
    await(stranger.close());
  }

  /** The backends of ingest that wait for a lock. */
  List<Integer> heldUp() throws TimeoutException {
    return await(
        database
            .control()
            .query(
                """
                select pid from pg_stat_activity where datname = current_database()
                  and application_name like 'fanfare-ingest-%' and wait_event_type = 'Lock'
                """)
            .execute()
            .map(
                rows -> {
                  List<Integer> pids = new java.util.ArrayList<>();
                  rows.forEach(row -> pids.add(row.getInteger(0)));
                  return pids;
                }));
  }

  long count(String table) throws TimeoutException {
    return await(
        database
            .control()
            .query("select count(*) from " + table)
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }

  /** Whether nothing is held any more, once the deliveries in memory have let go. */
  boolean holdsNothing() {
    handedOver.forEach(Delivery::letGo);
    handedOver.clear();
    openSet.mark();
    return openSet.size() == 0
        && uncommitted.bytes() == 0
        && windows.heldBytes() == 0
        && windows.of(WEBHOOK).free() == 1_000;
  }

  static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws TimeoutException {
    await(relayed.close());
    relay.close();
    await(database.close());
    await(vertx.close());
  }
}
