package io.fanfare.database;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * Makes the partitions of {@code event}, {@code delivery} and {@code attempt}, one for each UTC
 * day. A partition is made on its own and then attached: {@code CREATE TABLE … PARTITION OF} would
 * lock the whole table, and one slow reader would hold up all ingest.
 */
public final class Partitions {
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String CHECK_VIOLATION = "23514";
  private static final int TRIES = 10;

  // One process makes partitions at a time; any number that no other lock of this database has.
  private static final String LOCK = "select pg_advisory_xact_lock(19810375161705063)";

  private static final String ATTACHED =
      "select from pg_inherits where inhrelid = to_regclass('%s') and inhparent = '%s'::regclass";

  private static final String CREATE =
      "create table if not exists %s (like %s including all) with (%s)";

  private static final String ATTACH =
      "alter table %s attach partition %s for values from ('%s') to ('%s')";

  private final Database database;
  private final Clock clock;
  private final int daysAhead;

  /**
   * @param daysAhead how many days after today get their partitions in advance
   */
  public Partitions(Database database, Clock clock, int daysAhead) {
    this.database = database;
    this.clock = clock;
    this.daysAhead = daysAhead;
  }

  /** Whether a statement failed because the partition for one of its rows is missing. */
  public static boolean isMissing(Throwable e) {
    return e instanceof PgException said
        && CHECK_VIOLATION.equals(said.getSqlState())
        && said.getErrorMessage().startsWith("no partition of relation");
  }

  /** Makes those of today and of the days ahead. */
  public Future<Void> ensureAhead() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return ensure(today, daysAhead + 1);
  }

  /** Makes those of an id's day: for ids of another time than now. */
  public Future<Void> ensureFor(UUID id) {
    Instant time = Instant.ofEpochMilli(IdGenerator.millis(id));
    return ensure(LocalDate.ofInstant(time, ZoneOffset.UTC), 1);
  }

  /**
   * Makes those of some days; what is there already stays.
   *
   * @param days how many, from the first on
   */
  public Future<Void> ensure(LocalDate first, int days) {
    Future<Void> chain = Future.succeededFuture();
    for (int i = 0; i < days; i++) {
      LocalDate day = first.plusDays(i);
      for (PartitionedTable table : PartitionedTable.values()) {
        chain = chain.compose(done -> ensure(table, day, TRIES));
      }
    }
    return chain;
  }

  private Future<Void> ensure(PartitionedTable table, LocalDate day, int tries) {
    return database
        .control()
        .withTransaction(
            connection ->
                connection.query(LOCK).execute().compose(l -> make(connection, table, day)))
        .recover(
            e ->
                tries > 1
                        && e instanceof PgException said
                        && LOCK_NOT_AVAILABLE.equals(said.getSqlState())
                    ? ensure(table, day, tries - 1)
                    : Future.failedFuture(e));
  }

  private static Future<Void> make(
      SqlConnection connection, PartitionedTable table, LocalDate day) {
    String partition = table.partition(day);
    String create = CREATE.formatted(partition, table.table(), table.storage());
    String attach =
        ATTACH.formatted(
            table.table(),
            partition,
            PartitionedTable.floor(day),
            PartitionedTable.floor(day.plusDays(1)));
    return connection
        .query(ATTACHED.formatted(partition, table.table()))
        .execute()
        .compose(
            attached ->
                attached.size() > 0
                    ? Future.succeededFuture()
                    : connection
                        .query(create)
                        .execute()
                        .compose(made -> connection.query(attach).execute())
                        .mapEmpty());
  }
}
