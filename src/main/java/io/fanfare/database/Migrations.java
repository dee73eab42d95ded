package io.fanfare.database;

import io.fanfare.config.StartException;
import io.fanfare.failpoint.Failpoint;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema to the version of this program: numbered files, each applied once, in one
 * transaction, under a lock. Applied files never change.
 */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  /** The files, in their order; a jar has no listing. */
  static final List<String> FILES =
      List.of(
          "V1__schema.sql",
          "V2__event_counters.sql",
          "V3__usual_headers.sql",
          "V4__compact_deltas.sql",
          "V5__plain_payloads.sql",
          "V6__webhook_lists.sql",
          "V7__bulk_redelivery.sql",
          "V8__overview.sql",
          "V9__circuit_changes.sql",
          "V10__traces.sql");

  static final String FOLDER = "/db/migration/";

  private static final Pattern NAME = Pattern.compile("V(\\d+)__(\\w+)\\.sql");
  // Any number that no other lock of this database has.
  private static final long LOCK = 0x46616e66617265L;

  private static final String TABLE =
      """
      create table if not exists schema_migration (
        version int4 primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )
      """;

  /**
   * One file.
   *
   * @param sha256 of its bytes, in hex
   */
  record Migration(int version, String name, String sql, String sha256) {}

  private final List<Migration> migrations;

  /** Those of this program. */
  public Migrations() {
    this(FILES.stream().map(Migrations::read).toList());
  }

  Migrations(List<Migration> migrations) {
    this.migrations = List.copyOf(migrations);
  }

  /**
   * Applies what is missing. The future fails with a {@link StartException} where the schema is
   * newer than this program, or an applied file has changed.
   */
  public Future<Void> apply(Database database) {
    return database
        .connect("migrations")
        .compose(
            connection ->
                connection
                    .query("select pg_advisory_lock(" + LOCK + ")")
                    .execute()
                    .compose(locked -> connection.query(TABLE).execute())
                    .compose(made -> applied(connection))
                    .compose(applied -> applyMissing(connection, applied))
                    // Closing it ends the session, and with it the lock.
                    .eventually(connection::close))
        .recover(Migrations::explain);
  }

  /** What a database may be that is there and answers, and still is none to work with. */
  private static Future<Void> explain(Throwable failure) {
    if (failure instanceof PgException said && "42501".equals(said.getSqlState())) {
      return Future.failedFuture(
          StartException.notPermitted(
              "the user of database.url may not make tables there (%s); make it the owner of the"
                      .formatted(said.getErrorMessage())
                  + " database, or grant it create on the schema"));
    }
    if (failure instanceof PgException said && "25006".equals(said.getSqlState())) {
      return Future.failedFuture(
          StartException.misconfigured(
              "the database only reads; name the primary server in database.url, not a standby"));
    }
    return Future.failedFuture(failure);
  }

  private static Future<Map<Integer, String>> applied(SqlConnection connection) {
    return connection
        .query("select version, sha256 from schema_migration")
        .execute()
        .map(
            rows -> {
              Map<Integer, String> applied = new TreeMap<>();
              for (Row row : rows) {
                applied.put(row.getInteger("version"), row.getString("sha256"));
              }
              return applied;
            });
  }

  private Future<Void> applyMissing(SqlConnection connection, Map<Integer, String> applied) {
    int newest = migrations.get(migrations.size() - 1).version();
    for (int version : applied.keySet()) {
      if (version > newest) {
        return Future.failedFuture(
            StartException.misconfigured(
                "the database has schema version %d, and this program knows versions up to %d;"
                        .formatted(version, newest)
                    + " start a newer Fanfare on it"));
      }
    }
    Future<Void> chain = Future.succeededFuture();
    for (Migration migration : migrations) {
      String before = applied.get(migration.version());
      if (before == null) {
        chain = chain.compose(done -> apply(connection, migration));
      } else if (!before.equals(migration.sha256())) {
        return Future.failedFuture(
            StartException.misconfigured(
                "schema version %d of the database was made by another file than this program's %s;"
                        .formatted(migration.version(), migration.name())
                    + " start the Fanfare that made it"));
      }
    }
    return chain;
  }

  private static Future<Void> apply(SqlConnection connection, Migration migration) {
    return connection
        .begin()
        .compose(
            transaction ->
                connection
                    .query(migration.sql())
                    .execute()
                    .compose(
                        done ->
                            connection
                                .preparedQuery(
                                    "insert into schema_migration (version, name, sha256)"
                                        + " values ($1::int4, $2::text, $3::text)")
                                .execute(
                                    Tuple.of(
                                        migration.version(), migration.name(), migration.sha256())))
                    .onSuccess(done -> Failpoint.MIGRATE_MID.hit())
                    .compose(done -> transaction.commit()))
        .onSuccess(done -> LOG.info("Schema version {} applied", migration.version()));
  }

  private static Migration read(String file) {
    Matcher matcher = NAME.matcher(file);
    if (!matcher.matches()) {
      throw new IllegalStateException("not the name of a migration: " + file);
    }
    try (InputStream in = Migrations.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: " + file + " is missing");
      }
      byte[] bytes = in.readAllBytes();
      String sql = new String(bytes, StandardCharsets.UTF_8);
      return new Migration(Integer.parseInt(matcher.group(1)), matcher.group(2), sql, hash(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
