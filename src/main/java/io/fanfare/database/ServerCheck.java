package io.fanfare.database;

import io.fanfare.config.StartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Waits for a server and looks whether Fanfare can keep its promises on it. */
final class ServerCheck {
  private static final int VERSION_MIN = 150_000;
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  // It starts, it stops, it has no connection left: all of that passes.
  private static final Set<String> PASSING = Set.of("57P01", "57P02", "57P03", "53300");

  private static final String SETTINGS =
      """
      select current_setting('server_version_num')::int4 as number,
             current_setting('server_version') as version,
             current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as synchronous_commit
      """;

  private final Vertx vertx;
  private final PgConnectOptions target;
  private final Duration wait;
  private final long deadline;

  private ServerCheck(Vertx vertx, PgConnectOptions target, Duration wait) {
    this.vertx = vertx;
    this.target = target;
    this.wait = wait;
    this.deadline = System.nanoTime() + wait.toNanos();
  }

  /**
   * The server's version, once it answers. Fails with a {@link StartException} where it does not
   * within {@code wait}, refuses us, or is not fit.
   */
  static Future<String> await(Vertx vertx, PgConnectOptions target, Duration wait) {
    return new ServerCheck(vertx, target, wait).read().compose(ServerCheck::requireFit);
  }

  private Future<Row> read() {
    return PgConnection.connect(vertx, target)
        .compose(
            connection ->
                connection
                    .query(SETTINGS)
                    .execute()
                    .map(rows -> rows.iterator().next())
                    .eventually(connection::close))
        .timeout(CONNECT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .recover(this::readAgain);
  }

  private Future<Row> readAgain(Throwable e) {
    if (e instanceof PgException refused && !PASSING.contains(refused.getSqlState())) {
      return Future.failedFuture(
          StartException.misconfigured(
              "the database at %s refuses the connection (%s); correct database.url"
                  .formatted(place(), refused.getErrorMessage())));
    }
    if (speaksNoTls(e)) {
      return Future.failedFuture(
          StartException.misconfigured(
              "the database at %s cannot be spoken with over TLS (%s); correct sslmode or"
                      .formatted(place(), e.getMessage())
                  + " sslrootcert in database.url"));
    }
    if (System.nanoTime() + RETRY.toNanos() > deadline) {
      return Future.failedFuture(
          StartException.unavailable(
              "the database at %s could not be reached for %d s (%s); start it, or correct"
                      .formatted(place(), wait.toSeconds(), e.getMessage())
                  + " database.url"));
    }
    return vertx.timer(RETRY.toMillis(), TimeUnit.MILLISECONDS).compose(timer -> read());
  }

  /** Waiting would not help: the server has no TLS, or a certificate that we do not trust. */
  private static boolean speaksNoTls(Throwable e) {
    return e instanceof SSLException
        || String.valueOf(e.getMessage()).contains("does not handle SSL");
  }

  private static Future<String> requireFit(Row settings) {
    String version = settings.getString("version");
    if (settings.getInteger("number") < VERSION_MIN) {
      return Future.failedFuture(
          StartException.misconfigured(
              "the database is PostgreSQL " + version + "; Fanfare needs 15 or newer"));
    }
    if (settings.getString("fsync").equals("off")) {
      return unsafe("fsync");
    }
    if (settings.getString("synchronous_commit").equals("off")) {
      return unsafe("synchronous_commit");
    }
    return Future.succeededFuture(version);
  }

  private static Future<String> unsafe(String setting) {
    return Future.failedFuture(
        StartException.misconfigured(
            "%s is off on the database, so acknowledged events could be lost; set %s = on there"
                .formatted(setting, setting)));
  }

  private String place() {
    return target.getHost() + ":" + target.getPort() + "/" + target.getDatabase();
  }
}
