package io.fanfare.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import java.util.Set;

/** Fanfare's database within the embedded server; made at first start. */
final class EmbeddedDatabase {
  private static final String NAME = "fanfare";
  private static final String MAINTENANCE = "postgres";

  // duplicate_database, and the unique_violation that a race ends in: another process was faster.
  private static final Set<String> THERE_ALREADY = Set.of("42P04", "23505");

  private EmbeddedDatabase() {}

  /** Makes the database where it is missing. */
  static Future<PgConnectOptions> ensure(Vertx vertx, EmbeddedPostgres server) {
    return PgConnection.connect(vertx, server.connectOptions(MAINTENANCE))
        .compose(connection -> create(connection).eventually(connection::close))
        .map(done -> server.connectOptions(NAME));
  }

  private static Future<Void> create(PgConnection connection) {
    return connection
        .query("create database " + NAME)
        .execute()
        .<Void>mapEmpty()
        .recover(
            e ->
                e instanceof PgException said && THERE_ALREADY.contains(said.getSqlState())
                    ? Future.succeededFuture()
                    : Future.failedFuture(e));
  }
}
