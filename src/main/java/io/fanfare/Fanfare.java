package io.fanfare;

import io.fanfare.api.ListenCheck;
import io.fanfare.api.ListeningPort;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.Database;
import io.fanfare.database.Migrations;
import io.fanfare.database.Partitions;
import io.fanfare.node.Node;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole service as one verticle: deploy it in a Vert.x of your own and publish over the event
 * bus, or let the command line do so. Opens the database, takes the right to deliver from it, and
 * deploys the {@link Rooms}.
 */
public final class Fanfare extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(Fanfare.class);

  private final FanfareConfig config;
  private final PrometheusMeterRegistry registry;
  private final Consumer<String> newAdminToken;
  private final Clock clock = Clock.systemUTC();
  private final ListeningPort port = new ListeningPort();
  private final Promise<Void> takenOver = Promise.promise();
  private volatile boolean lost;
  private @Nullable Database database;
  private @Nullable Node node;
  private @Nullable Rooms rooms;

  /**
   * @param registry where the metrics go, and from where {@code /metrics} takes them
   * @param newAdminToken is given the admin token that is made at the first start, which nobody can
   *     read again
   */
  public Fanfare(
      FanfareConfig config, PrometheusMeterRegistry registry, Consumer<String> newAdminToken) {
    this.config = config;
    this.registry = registry;
    this.newAdminToken = newAdminToken;
  }

  /** Where the API listens; 0 until it does. */
  public int port() {
    return port.getAsInt();
  }

  /** Starts; fails with a {@code StartException} whose sentence says what to do. */
  @Override
  public Future<?> start() {
    LocalCodec.register(vertx);
    return ListenCheck.of(vertx, config.http())
        .compose(free -> prepare())
        .compose(this::open)
        .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
  }

  /** Begins again where the server that was adopted went with the process that owned it. */
  private Future<Database> prepare() {
    return Database.open(vertx, config.database())
        .compose(this::prepare)
        .recover(
            failure -> {
              Database gone = database;
              return gone != null && gone.serverHasGone()
                  ? gone.close().transform(closed -> prepare())
                  : Future.failedFuture(failure);
            });
  }

  private Future<Database> prepare(Database opened) {
    database = opened;
    return new Migrations()
        .apply(opened)
        .compose(v -> Node.take(vertx, opened, this::lost))
        .compose(
            taken -> {
              node = taken;
              opened.ownServer();
              return new Partitions(opened, clock, config.retention().partitionsAhead())
                  .ensureAhead();
            })
        .map(opened);
  }

  private Future<Void> open(Database opened) {
    if (node == null) {
      return Future.failedFuture("the right to deliver was not taken");
    }
    Rooms built = new Rooms(new Shared(vertx, config, opened, node, registry, clock, port));
    rooms = built;
    return built.open(newAdminToken);
  }

  /**
   * Completes when this one has stopped because another process has taken over its database; it
   * undeploys itself then.
   */
  public Future<Void> takenOver() {
    return takenOver.future();
  }

  /** Another process has taken over: this one must stop, and says so. */
  private void lost() {
    LOG.error("another Fanfare process has taken over this database; this one stops");
    lost = true;
    if (database != null) {
      database.disownServer();
    }
    vertx
        .undeploy(context.deploymentID())
        .onFailure(e -> LOG.debug("it was stopping already: {}", e.getMessage()));
  }

  /**
   * Takes no more events, lets attempts end, writes everything down, and gives the right to deliver
   * back.
   */
  @Override
  public Future<?> stop() {
    Future<Void> closed = rooms == null ? Future.succeededFuture() : rooms.close();
    return closed
        .transform(done -> database == null ? Future.succeededFuture() : database.close())
        .onComplete(
            stopped -> {
              if (lost) {
                takenOver.tryComplete();
              }
            });
  }
}
