package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.EmbeddedPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** A PostgreSQL to be stopped, killed and frozen; it lives through many runs. */
final class FaultServer implements AutoCloseable {
  private final Path home;
  // Where it listens is known after any loss of its folder.
  private final int port;
  private EmbeddedPostgres server;
  private int databases;

  private FaultServer(Path home) throws IOException {
    this.home = home;
    this.port = FaultRun.freePort();
    this.server = EmbeddedPostgres.start(config());
  }

  /** Starts the one of this folder. */
  static FaultServer start(Path home) throws IOException {
    return new FaultServer(home);
  }

  private DatabaseConfig config() {
    return FanfareConfig.load(
            null,
            Map.of(
                "FANFARE_DATABASE_EMBEDDED_DIR",
                home.toString(),
                "FANFARE_DATABASE_EMBEDDED_PORT",
                Integer.toString(port)))
        .config()
        .database();
  }

  /** The URL of a new and empty database. */
  String database(Vertx vertx) throws TimeoutException {
    String name = "fault_" + System.nanoTime() + "_" + databases++;
    execute(vertx, "create database " + name);
    return url(server.connectOptions(name), server.port());
  }

  private static String url(PgConnectOptions options, int port) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(options.getUser(), options.getPassword(), port, options.getDatabase());
  }

  /** Runs a statement as superuser. */
  void execute(Vertx vertx, String sql) throws TimeoutException {
    await(
        PgConnection.connect(vertx, options("postgres"))
            .compose(c -> c.query(sql).execute().eventually(c::close)));
  }

  /** The first value that a statement of the superuser answers, as text. */
  String ask(Vertx vertx, String sql) throws TimeoutException {
    return await(
        PgConnection.connect(vertx, options("postgres"))
            .compose(
                c ->
                    c.query(sql)
                        .execute()
                        .map(rows -> String.valueOf(rows.iterator().next().getValue(0)))
                        .eventually(c::close)));
  }

  /** How the superuser connects. */
  PgConnectOptions options(String database) {
    return server.connectOptions(database);
  }

  int port() {
    return server.port();
  }

  /** Ends it in good order. */
  void stop() {
    server.stop();
  }

  /** Starts it again after it has ended. */
  void startAgain() {
    server = EmbeddedPostgres.start(config());
  }

  /** The postmaster. */
  long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid")).get(0).strip());
  }

  /** The postmaster and all its children. */
  List<Long> processes() throws IOException {
    List<Long> all = new ArrayList<>();
    ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
    all.add(postmaster.pid());
    postmaster.children().forEach(child -> all.add(child.pid()));
    return all;
  }

  /** {@code kill -9} for all of it at once; returns when they are gone. */
  void kill() throws IOException, InterruptedException {
    kill(processes());
  }

  /** The same, where its folder cannot be read any more. */
  static void kill(List<Long> processes) throws IOException, InterruptedException {
    for (long pid : processes) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    for (long pid : processes) {
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    }
  }

  @Override
  public void close() {
    stop();
  }
}
