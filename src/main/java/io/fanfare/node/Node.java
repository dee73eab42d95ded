package io.fanfare.node;

import io.fanfare.config.StartException;
import io.fanfare.database.Database;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's exclusive right to deliver from a database: an advisory lock on a connection of
 * its own, and an epoch. Whoever takes it learns from which id on the earlier process held
 * deliveries in memory, which the schedule makes due; the same code runs at every start.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long LOCK_TRIES = 20;
  private static final long LOCK_RETRY_MILLIS = 250;
  private static final long BEAT_MILLIS = 1_000;
  // Where the clock is behind the newest id, ids given in the last second before a crash are
  // unknown: stay clear of them.
  private static final long CLOCK_BEHIND_MILLIS = 10_000;

  private final Vertx vertx;
  private final NodeStore store = new NodeStore();
  private final Database database;
  private PgConnection lockHolder;
  private final Fence fence;
  private final UUID idFloor;
  private final UUID earlierMark;
  private boolean closing;
  private long timer = -1;
  private boolean beating;

  private Node(
      Vertx vertx,
      Database database,
      PgConnection lockHolder,
      Fence fence,
      UUID idFloor,
      UUID earlierMark) {
    this.vertx = vertx;
    this.database = database;
    this.lockHolder = lockHolder;
    this.fence = fence;
    this.idFloor = idFloor;
    this.earlierMark = earlierMark;
    lockHolder.closeHandler(v -> lockBroke());
  }

  /**
   * Takes the right to deliver: raises the epoch and ends what is left of earlier processes, so
   * that what they held in memory can be told from the database. Fails with a {@link
   * StartException} when another process is running.
   *
   * @param onLost called when another process takes over, or the lock's connection breaks
   */
  public static Future<Node> take(Vertx vertx, Database database, Runnable onLost) {
    NodeStore store = new NodeStore();
    return database
        .connect("node")
        .compose(
            connection ->
                lock(vertx, store, connection, LOCK_TRIES)
                    // First the epoch: a statement that begins later does nothing, and one that
                    // began before is ended. The other way round one could slip through between.
                    .compose(v -> store.raiseEpoch(connection))
                    .compose(taken -> database.terminateOthers().map(taken))
                    .compose(
                        taken ->
                            store
                                .largestEvent(connection)
                                .map(
                                    largest ->
                                        new Node(
                                            vertx,
                                            database,
                                            connection,
                                            new Fence(taken.epoch(), onLost),
                                            floor(taken.mark(), largest),
                                            taken.mark())))
                    .onFailure(failure -> connection.close()));
  }

  private static UUID floor(UUID mark, UUID largest) {
    UUID newest = IdGenerator.ORDER.compare(mark, largest) > 0 ? mark : largest;
    long behind = IdGenerator.millis(newest) - System.currentTimeMillis();
    return behind < 0
        ? newest
        : IdGenerator.floorOf(IdGenerator.millis(newest) + CLOCK_BEHIND_MILLIS);
  }

  // A killed process's connection may take PostgreSQL a moment to notice.
  private static Future<Void> lock(
      Vertx vertx, NodeStore store, PgConnection connection, long triesLeft) {
    return store
        .tryLock(connection)
        .compose(
            locked -> {
              if (locked) {
                return Future.succeededFuture();
              }
              if (triesLeft == 0) {
                return Future.failedFuture(
                    StartException.unavailable(
                        "another Fanfare process is running on this database; stop it first, or"
                            + " give this one another database.url or database.embedded_dir"));
              }
              return vertx
                  .timer(LOCK_RETRY_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(tick -> lock(vertx, store, connection, triesLeft - 1));
            });
  }

  /**
   * The lock went with its connection. Whoever takes it now raises the epoch; unless somebody has,
   * we go on.
   */
  private void lockBroke() {
    if (closing) {
      return;
    }
    fence.suspend();
    LOG.warn(
        "the connection that holds the right to deliver broke; nothing is sent until it is back");
    retake();
  }

  private void retake() {
    database
        .connect("node")
        .compose(
            connection ->
                store
                    .tryLock(connection)
                    .compose(
                        locked -> locked ? store.epoch(connection) : Future.succeededFuture(-1L))
                    .onSuccess(epoch -> retaken(connection, epoch))
                    .onFailure(failure -> connection.close()))
        .onFailure(failure -> retakeLater());
  }

  private void retaken(PgConnection connection, long epoch) {
    if (closing) {
      connection.close();
    } else if (epoch == fence.epoch()) {
      lockHolder = connection;
      connection.closeHandler(v -> lockBroke());
      fence.resume();
      LOG.info("the right to deliver is ours again");
    } else {
      connection.close();
      if (epoch < 0) {
        retakeLater();
      } else {
        fence.lost();
      }
    }
  }

  private void retakeLater() {
    vertx.setTimer(LOCK_RETRY_MILLIS, tick -> retake());
  }

  /** The right, for statements to carry. */
  public Fence fence() {
    return fence;
  }

  /** Every id made by this process must be larger. */
  public UUID idFloor() {
    return idFloor;
  }

  /** Where an earlier process left its mark: what it held in memory has ids from there on. */
  public UUID earlierMark() {
    return earlierMark;
  }

  /** Writes the low-water mark down every second. */
  public void beatWith(Supplier<UUID> mark) {
    timer =
        vertx.setPeriodic(
            BEAT_MILLIS,
            tick -> {
              if (beating) {
                return;
              }
              beating = true;
              Failpoint.NODE_BEFORE_MARK.hit();
              store
                  .beat(database.control(), fence.epoch(), mark.get())
                  .onComplete(
                      (ours, failure) -> {
                        beating = false;
                        if (ours != null && !ours) {
                          fence.lost();
                        }
                      });
            });
  }

  /**
   * Writes the mark a last time and gives the right back; where the server is stopped next, the
   * right goes with it, so that nobody takes over a server on its way out.
   */
  public Future<Void> release(UUID mark) {
    closing = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    return store
        .beat(database.control(), fence.epoch(), mark)
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .compose(v -> database.stopsServer() ? Future.succeededFuture() : lockHolder.close());
  }
}
