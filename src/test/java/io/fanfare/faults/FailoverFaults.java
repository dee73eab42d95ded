package io.fanfare.faults;

import static org.awaitility.Awaitility.await;

import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A PostgreSQL that dies, and its standby that takes over. */
final class FailoverFaults {
  static final Map<String, Fault> ALL = Map.of("failover", FailoverFaults::failover);

  private FailoverFaults() {}

  /**
   * The primary is killed under load and its synchronous standby promoted. The service is not told:
   * the address that it knows leads to the new primary from then on.
   */
  private static Figures failover(Place place) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (FaultServer primary = FaultServer.start(place.folder().resolve("primary"))) {
      String url = primary.database(vertx);
      primary.execute(vertx, "alter system set wal_level = replica");
      primary.execute(vertx, "alter system set max_wal_senders = 4");
      primary.stop();
      // Its last checkpoint must be one that a standby can begin at.
      primary.startAgain();
      primary.stop();
      Path copy = place.folder().resolve("standby");
      follow(primary, place.folder().resolve("primary"), copy);
      primary.startAgain();
      try (FaultServer standby = FaultServer.start(copy)) {
        primary.execute(vertx, "alter system set synchronous_standby_names = '*'");
        primary.execute(vertx, "select pg_reload_conf()");
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    primary
                        .ask(
                            vertx,
                            "select count(*) from pg_stat_replication where sync_state = 'sync'")
                        .equals("1"));
        return failedOver(place, vertx, primary, standby, url);
      }
    } finally {
      vertx.close();
    }
  }

  /** Makes a standby of a server that has stopped. */
  private static void follow(FaultServer primary, Path from, Path copy) throws Exception {
    Signals.run(List.of("cp", "-a", from.toString(), copy.toString()));
    Path data = copy.resolve("data");
    Files.createFile(data.resolve("standby.signal"));
    PgConnectOptions options = primary.options("postgres");
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%n"
            .formatted(primary.port(), options.getUser(), options.getPassword()),
        StandardOpenOption.APPEND);
  }

  private static Figures failedOver(
      Place place, Vertx vertx, FaultServer primary, FaultServer standby, String url)
      throws Exception {
    try (Relay relay = Relay.start(vertx, "127.0.0.1", primary.port());
        FaultRun run =
            FaultRun.start(
                place.name(),
                place.folder(),
                url.replace(":" + primary.port() + "/", ":" + relay.port() + "/"))) {
      run.load();
      run.awaitAccepted(1_000);
      primary.kill();
      run.awaitRefused(4);
      standby.execute(vertx, "select pg_promote()");
      relay.to(standby.port());
      run.healed();
      run.recovered();
      run.awaitAccepted(1_000);
      run.settled();
      return run.figures();
    }
  }
}
