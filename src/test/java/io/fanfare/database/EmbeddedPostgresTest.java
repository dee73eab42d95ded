package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.StartException;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a folder that only its owner may enter: root too must find a way to start the server there.
 */
@ExtendWith(VertxExtension.class)
class EmbeddedPostgresTest {
  // One for all tests: unpacking the programs and making the data take seconds.
  @TempDir private static Path home;
  @TempDir private Path otherHome;

  private final List<EmbeddedPostgres> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(EmbeddedPostgres::stop);
  }

  @Test
  void isDurableAndListensOnLoopbackOnly(Vertx vertx) throws Exception {
    EmbeddedPostgres server = start(Map.of());

    assertThat(server.adopted()).isFalse();
    assertThat(setting(vertx, server, "fsync")).isEqualTo("on");
    assertThat(setting(vertx, server, "synchronous_commit")).isEqualTo("on");
    assertThat(setting(vertx, server, "data_checksums")).isEqualTo("on");
    assertThat(setting(vertx, server, "listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(setting(vertx, server, "unix_socket_directories")).isEmpty();
    assertThat(setting(vertx, server, "jit")).isEqualTo("off");
  }

  @Test
  void asksForThePassword(Vertx vertx) throws Exception {
    EmbeddedPostgres server = start(Map.of());

    assertThatThrownBy(
            () ->
                PgConnection.connect(vertx, server.connectOptions("postgres").setPassword("guess"))
                    .await(10, SECONDS))
        .hasMessageContaining("password authentication failed");
    assertThat(Files.getPosixFilePermissions(home.resolve("password")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void keepsDataAndPortAcrossRestarts(Vertx vertx) throws Exception {
    EmbeddedPostgres first = start(Map.of());
    execute(vertx, first, "create table kept_restart ()");
    first.stop();

    EmbeddedPostgres second = start(Map.of());

    assertThat(second.adopted()).isFalse();
    assertThat(second.port()).isEqualTo(first.port());
    execute(vertx, second, "select from kept_restart");
  }

  @Test
  void adoptsTheServerOfAKilledProcess(Vertx vertx) throws Exception {
    EmbeddedPostgres orphan = start(Map.of());
    execute(vertx, orphan, "create table kept_orphan ()");

    EmbeddedPostgres adopting = start(Map.of());

    assertThat(adopting.adopted()).isTrue();
    execute(vertx, adopting, "select from kept_orphan");
    adopting.stop();
    assertThat(Postmaster.of(home.resolve("data"))).isEmpty();
  }

  @Test
  void startsAfterTheServerWasKilled(Vertx vertx) throws Exception {
    EmbeddedPostgres killed = start(Map.of());
    execute(vertx, killed, "create table kept_kill ()");
    long pid = Postmaster.of(home.resolve("data")).orElseThrow().pid();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().get(10, SECONDS);

    EmbeddedPostgres restarted = start(Map.of());

    assertThat(restarted.adopted()).isFalse();
    execute(vertx, restarted, "select from kept_kill");
  }

  @Test
  void takesANumberInAStalePidFileForNoServer() throws Exception {
    start(Map.of()).stop();
    // A live process, but not a server of this folder.
    Files.writeString(
        home.resolve("data/postmaster.pid"),
        ProcessHandle.current().pid() + "\n" + home.resolve("data") + "\n1\n5432\n\n\n\nready\n");

    assertThat(Postmaster.of(home.resolve("data"))).isEmpty();
    Files.delete(home.resolve("data/postmaster.pid"));
  }

  @Test
  void startsAnewAfterAFirstStartThatWasCutOff() throws Exception {
    PostgresBinaries.delete(home.resolve("data"));
    Files.createDirectories(home.resolve("data.new/base"));
    Files.writeString(home.resolve("data.new/PG_VERSION"), "18\n");

    assertThat(start(Map.of()).adopted()).isFalse();
  }

  @Test
  void refusesDataOfAnotherVersion() throws Exception {
    Files.createDirectories(otherHome.resolve("data"));
    Files.writeString(otherHome.resolve("data/PG_VERSION"), "17\n");

    StartException e = failure(Map.of("FANFARE_DATABASE_EMBEDDED_DIR", otherHome.toString()));

    assertThat(e.exitCode()).isEqualTo(78);
    assertThat(e).hasMessageContaining("holds data of PostgreSQL 17, and the embedded one is 18");
  }

  @Test
  void refusesDataWithoutItsPassword() throws Exception {
    Files.createDirectories(otherHome.resolve("data"));
    Files.writeString(otherHome.resolve("data/PG_VERSION"), "18\n");

    StartException e = failure(Map.of("FANFARE_DATABASE_EMBEDDED_DIR", otherHome.toString()));

    assertThat(e.exitCode()).isEqualTo(78);
    assertThat(e).hasMessageContaining("with the password of the embedded PostgreSQL is missing");
  }

  @Test
  void refusesAFolderThatIsNoDataFolder() throws Exception {
    Files.createDirectories(otherHome.resolve("data/holidays"));

    assertThat(failure(Map.of("FANFARE_DATABASE_EMBEDDED_DIR", otherHome.toString())))
        .hasMessageContaining("is not a data folder of PostgreSQL");
  }

  @Test
  void saysThatAFixedPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      StartException e = failure(Map.of("FANFARE_DATABASE_EMBEDDED_PORT", port));

      assertThat(e).hasMessageContaining("port " + port + " of the embedded PostgreSQL is taken");
    }
  }

  @Test
  void takesAnotherPortWhereTheLastOneIsTaken() throws Exception {
    EmbeddedPostgres first = start(Map.of());
    first.stop();
    try (ServerSocket taken = new ServerSocket(first.port(), 1, InetAddress.getLoopbackAddress())) {
      assertThat(start(Map.of()).port()).isNotEqualTo(taken.getLocalPort());
    }
  }

  @Test
  void saysThatAFileIsInTheWay() throws Exception {
    Path file = Files.createFile(otherHome.resolve("file"));

    StartException e = failure(Map.of("FANFARE_DATABASE_EMBEDDED_DIR", file + "/postgres"));

    assertThat(e.exitCode()).isEqualTo(73);
    assertThat(e).hasMessageContaining("cannot be used: " + file);
  }

  private EmbeddedPostgres start(Map<String, String> environment) {
    EmbeddedPostgres server = EmbeddedPostgres.start(config(environment));
    started.add(server);
    return server;
  }

  private static StartException failure(Map<String, String> environment) {
    DatabaseConfig config = config(environment);
    StartException e =
        catchThrowableOfType(StartException.class, () -> EmbeddedPostgres.start(config));
    assertThat(e).isNotNull();
    return e;
  }

  private static DatabaseConfig config(Map<String, String> environment) {
    Map<String, String> all =
        new HashMap<>(Map.of("FANFARE_DATABASE_EMBEDDED_DIR", home.toString()));
    all.putAll(environment);
    return FanfareConfig.load(null, all).config().database();
  }

  private static String setting(Vertx vertx, EmbeddedPostgres server, String name)
      throws Exception {
    return query(vertx, server, "show " + name).getString(0);
  }

  private static void execute(Vertx vertx, EmbeddedPostgres server, String sql) throws Exception {
    PgConnection connection =
        PgConnection.connect(vertx, server.connectOptions("postgres")).await(10, SECONDS);
    connection.query(sql).execute().eventually(connection::close).await(10, SECONDS);
  }

  private static Row query(Vertx vertx, EmbeddedPostgres server, String sql) throws Exception {
    PgConnection connection =
        PgConnection.connect(vertx, server.connectOptions("postgres")).await(10, SECONDS);
    return connection
        .query(sql)
        .execute()
        .map(rows -> rows.iterator().next())
        .eventually(connection::close)
        .await(10, SECONDS);
  }
}
