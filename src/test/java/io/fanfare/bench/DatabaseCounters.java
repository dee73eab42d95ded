package io.fanfare.bench;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * What PostgreSQL did between two moments: its log, and the statements of the service. Asked in the
 * database {@code postgres}, so that asking is no statement of the service's own database. Where
 * the server lacks an extension, or refuses it to us, the figures that come from it are not a
 * number.
 *
 * <p>{@code pg_stat_wal} and {@code pg_stat_database} are no use here: a server process that falls
 * idle keeps what it did within the last second to itself for ten more.
 */
final class DatabaseCounters implements AutoCloseable {
  private static final String POSITION = "select pg_current_wal_flush_lsn()::text as position";

  private static final String GROWN =
      "select pg_wal_lsn_diff($2::text::pg_lsn, $1::text::pg_lsn)::float8 as bytes";

  // Reads that part of the log once more; a checkpoint may have removed it already.
  private static final String IN_LOG =
      """
      select coalesce(sum(fpi_size), 0)::float8 as full_page_bytes,
             coalesce(sum(count) filter (where "resource_manager/record_type"
                 = 'Transaction/COMMIT'), 0)::float8 as commits
      from pg_get_wal_stats($1::text::pg_lsn, $2::text::pg_lsn, true)
      """;

  private static final String STATEMENTS =
      """
      select coalesce(sum(calls), 0)::float8 as calls
      from pg_stat_statements(false) as s join pg_database as d on d.oid = s.dbid
      where d.datname = $1::text
      """;

  private final BenchedDatabase maintenance;
  private final String database;

  /**
   * A moment.
   *
   * @param position to which the log is flushed
   */
  record Moment(String position, double statements) {}

  /**
   * What was between two moments.
   *
   * @param walBytes what the log grew by
   * @param fullPageBytes images of pages in it
   * @param statements of clients, those that begin and end transactions among them
   * @param commits of transactions that wrote something
   */
  record Used(double walBytes, double fullPageBytes, double statements, double commits) {}

  /**
   * @param url as {@link BenchedService#databaseUrl} says it
   */
  DatabaseCounters(String url) {
    this.database = url.replaceFirst(".*/([^/?]*)(\\?.*)?$", "$1");
    this.maintenance = open(url);
    ask("create extension if not exists pg_walinspect", Tuple.tuple());
    ask("create extension if not exists pg_stat_statements", Tuple.tuple());
  }

  private static BenchedDatabase open(String url) {
    try {
      return new BenchedDatabase(url.replaceFirst("/[^/?]*(\\?.*)?$", "/postgres$1"));
    } catch (CompletionException refused) {
      // Whoever may not enter there asks a few statements more than the service's own.
      return new BenchedDatabase(url);
    }
  }

  /**
   * Starts a service on a new database whose embedded PostgreSQL counts statements. It must have
   * the library for that when it starts, so it starts twice. An external one counts where it does.
   */
  static BenchedService startCounting(Path folder) throws IOException {
    return startCounting(folder, database -> {});
  }

  /**
   * The same.
   *
   * @param prepare puts into the database what the service shall find there
   */
  static BenchedService startCounting(Path folder, Consumer<BenchedDatabase> prepare)
      throws IOException {
    try (BenchedService first = BenchedService.start(folder);
        BenchedDatabase database = new BenchedDatabase(first.databaseUrl())) {
      if (!first.isExternal()) {
        database.await(
            database
                .database()
                .control()
                .query("alter system set shared_preload_libraries = 'pg_stat_statements'")
                .execute());
      }
      prepare.accept(database);
    }
    return BenchedService.startAgain(folder);
  }

  Moment now() {
    return new Moment(
        ask(POSITION, Tuple.tuple()).orElseThrow().getString("position"), statements());
  }

  /** Takes a second or so for the log of a hundred thousand deliveries. */
  Used since(Moment earlier) {
    Moment now = now();
    Tuple between = Tuple.of(earlier.position(), now.position());
    Optional<Row> log = ask(IN_LOG, between);
    return new Used(
        ask(GROWN, between).orElseThrow().getDouble("bytes"),
        log.map(row -> row.getDouble("full_page_bytes")).orElse(Double.NaN),
        now.statements() - earlier.statements(),
        log.map(row -> row.getDouble("commits")).orElse(Double.NaN));
  }

  private double statements() {
    return ask(STATEMENTS, Tuple.of(database))
        .map(row -> row.getDouble("calls"))
        .orElse(Double.NaN);
  }

  /** The first row; nothing where the server refuses. */
  private Optional<Row> ask(String sql, Tuple parameters) {
    try {
      for (Row row :
          maintenance.await(
              maintenance.database().control().preparedQuery(sql).execute(parameters))) {
        return Optional.of(row);
      }
    } catch (CompletionException refused) {
      // What is missing is not a number in the results.
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    maintenance.close();
  }
}
