package io.fanfare.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what is older than it must be kept, a day at a time:
 *
 * <pre>
 * delivery, attempt of a day ── nothing in it pending ──────────────────────► dropped
 * event of a day ── deliveries of that day and the next one are gone,
 *                   and no kept delivery was made from its events by hand ──► dropped
 * redelivery ── its delivery is gone ───────────────────────────────────────► deleted
 * bulk_redelivery ── ended before the first kept day ───────────────────────► deleted
 * circuit_change ── before the first kept day ──────────────────────────────► deleted
 * idempotency_key ── older than its time to live ───────────────────────────► deleted
 * </pre>
 *
 * An event waits for the next day's deliveries as well because ids run ahead of the clock when many
 * are made within a millisecond: the last events of a day can have deliveries of the next one.
 * Partitions are detached concurrently and then dropped, so that nobody waits behind a slow reader.
 */
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private static final int BATCH = 5_000;

  // Detaching waits for the transactions that have read the table; they are short.
  private static final String LIMIT = "set statement_timeout = '60s'";

  // One process at a time; any number that no other lock of this database has.
  static final long LOCK = 0x46616e66617266L;

  private static final String TRY_LOCK = "select pg_try_advisory_lock(" + LOCK + ") as ours";

  private static final String TABLES =
      """
      select relname::text as name,
             coalesce(bool_or(inhrelid is not null), false) as attached,
             coalesce(bool_or(inhdetachpending), false) as detaching
      from pg_class left join pg_inherits on inhrelid = pg_class.oid
      where relkind = 'r' and relnamespace = current_schema()::regnamespace
        and relname ~ '^(event|delivery|attempt)_[0-9]{8}$'
      group by relname order by relname
      """;

  private static final String PENDING =
      """
      select exists (select from %1$s where due_at is not null)
          or exists (select from %1$s where status = 'pending') as pending
      """;

  private static final String REDELIVERED =
      """
      select exists (
        select from redelivery where event_id >= $1::uuid and event_id < $2::uuid) as redelivered
      """;

  private static final String DELETE_REDELIVERIES =
      """
      delete from redelivery where ctid = any (array(
        select ctid from redelivery
        where delivery_id < $1::uuid
          and not exists (
            select from unnest($2::uuid[], $3::uuid[]) as kept (low, high)
            where delivery_id >= low and delivery_id < high)
        limit $4::int4))
      """;

  /** By the day of an attempt's end, which is not before the day of its delivery. */
  private static final String DELETE_USUAL_HEADERS =
      """
      delete from usual_headers where ctid = any (array(
        select ctid from usual_headers where day < $1::int4 limit $2::int4))
      """;

  private static final String DELETE_BULK_REDELIVERIES =
      """
      delete from bulk_redelivery where ctid = any (array(
        select ctid from bulk_redelivery
        where ended_at < to_timestamp($1::float8)
        limit $2::int4))
      """;

  private static final String DELETE_CIRCUIT_CHANGES =
      """
      delete from circuit_change where ctid = any (array(
        select ctid from circuit_change where id < $1::uuid limit $2::int4))
      """;

  private static final String DELETE_IDEMPOTENCY_KEYS =
      """
      delete from idempotency_key where ctid = any (array(
        select ctid from idempotency_key
        where created_at < to_timestamp($1::float8)
        limit $2::int4))
      """;

  /** A table of one day; detached ones were left by a run that was cut off. */
  private record DayTable(
      PartitionedTable of, LocalDate day, String name, boolean attached, boolean detaching) {}

  private final Database database;

  /** Works on a connection of its own, since it needs other limits of time than the pools have. */
  public Retention(Database database) {
    this.database = database;
  }

  /**
   * Drops and deletes what has expired; does nothing while another process does it.
   *
   * @param keep how long events and deliveries are kept, from their acceptance to the end of its
   *     day
   * @param idempotencyTtl how long an idempotency key is remembered
   * @return names of the dropped tables
   */
  public Future<List<String>> dropExpired(Instant now, Duration keep, Duration idempotencyTtl) {
    LocalDate firstKept = LocalDate.ofInstant(now.minus(keep), ZoneOffset.UTC);
    return database
        .connect("retention")
        .compose(
            connection ->
                new Run(connection, firstKept)
                    .drop()
                    .compose(
                        dropped ->
                            deleteIdempotencyKeys(connection, now.minus(idempotencyTtl))
                                .map(dropped))
                    .eventually(connection::close));
  }

  private static Future<Void> deleteIdempotencyKeys(SqlConnection connection, Instant before) {
    return deleteAll(
        connection, DELETE_IDEMPOTENCY_KEYS, Tuple.of(before.toEpochMilli() / 1000.0, BATCH));
  }

  /** Deletes in small transactions until nothing is left. */
  private static Future<Void> deleteAll(SqlConnection connection, String sql, Tuple parameters) {
    return connection
        .preparedQuery(sql)
        .execute(parameters)
        .compose(
            deleted ->
                deleted.rowCount() < BATCH
                    ? Future.succeededFuture()
                    : deleteAll(connection, sql, parameters));
  }

  /** One run: decides day by day, oldest first. */
  private static final class Run {
    private final SqlConnection connection;
    private final LocalDate firstKept;
    private final List<String> dropped = new ArrayList<>();
    // Days whose deliveries stay or are not expired yet.
    private final Set<LocalDate> deliveryDays = new TreeSet<>();

    Run(SqlConnection connection, LocalDate firstKept) {
      this.connection = connection;
      this.firstKept = firstKept;
    }

    Future<List<String>> drop() {
      return prepare()
          .compose(
              ours ->
                  ours
                      ? tables()
                          .compose(
                              tables ->
                                  dropDeliveries(tables)
                                      .compose(done -> dropAttempts(tables))
                                      .compose(done -> deleteRedeliveries())
                                      .compose(done -> deleteUsualHeaders())
                                      .compose(done -> deleteEnded())
                                      .compose(done -> dropEvents(tables)))
                      : Future.succeededFuture())
          .map(done -> List.copyOf(dropped));
    }

    private Future<Boolean> prepare() {
      return connection
          .query(LIMIT)
          .execute()
          .compose(done -> connection.query(TRY_LOCK).execute())
          .map(rows -> rows.iterator().next().getBoolean("ours"));
    }

    private Future<List<DayTable>> tables() {
      return connection
          .query(TABLES)
          .execute()
          .map(rows -> rows.stream().map(Run::dayTable).flatMap(Optional::stream).toList());
    }

    private static Optional<DayTable> dayTable(Row row) {
      String name = row.getString("name");
      for (PartitionedTable table : PartitionedTable.values()) {
        Optional<LocalDate> day = table.day(name);
        if (day.isPresent()) {
          boolean attached = row.getBoolean("attached");
          boolean detaching = row.getBoolean("detaching");
          return Optional.of(new DayTable(table, day.get(), name, attached, detaching));
        }
      }
      return Optional.empty();
    }

    private Future<Void> dropDeliveries(List<DayTable> tables) {
      Future<Void> chain = Future.succeededFuture();
      for (DayTable table : of(tables, PartitionedTable.DELIVERY)) {
        chain =
            chain
                .compose(done -> isKept(table))
                .compose(
                    kept -> {
                      if (kept) {
                        deliveryDays.add(table.day());
                        return Future.succeededFuture();
                      }
                      return drop(table);
                    });
      }
      return chain;
    }

    private Future<Boolean> isKept(DayTable table) {
      if (!isExpired(table)) {
        return Future.succeededFuture(true);
      }
      if (!table.attached() || table.detaching()) {
        // Nothing in it was pending when it was detached, and nobody reaches it any more.
        return Future.succeededFuture(false);
      }
      return connection
          .query(PENDING.formatted(table.name()))
          .execute()
          .map(rows -> rows.iterator().next().getBoolean("pending"));
    }

    private Future<Void> dropAttempts(List<DayTable> tables) {
      Future<Void> chain = Future.succeededFuture();
      for (DayTable table : of(tables, PartitionedTable.ATTEMPT)) {
        if (isExpired(table) && !deliveryDays.contains(table.day())) {
          chain = chain.compose(done -> drop(table));
        }
      }
      return chain;
    }

    private Future<Void> deleteRedeliveries() {
      UUID[] low = deliveryDays.stream().map(PartitionedTable::floor).toArray(UUID[]::new);
      UUID[] high =
          deliveryDays.stream()
              .map(d -> PartitionedTable.floor(d.plusDays(1)))
              .toArray(UUID[]::new);
      return deleteAll(
          connection,
          DELETE_REDELIVERIES,
          Tuple.of(PartitionedTable.floor(firstKept), low, high, BATCH));
    }

    private Future<Void> deleteUsualHeaders() {
      LocalDate first = deliveryDays.stream().min(Comparator.naturalOrder()).orElse(firstKept);
      LocalDate kept = first.isBefore(firstKept) ? first : firstKept;
      return deleteAll(connection, DELETE_USUAL_HEADERS, Tuple.of((int) kept.toEpochDay(), BATCH));
    }

    private Future<Void> deleteEnded() {
      double before = firstKept.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
      return deleteAll(connection, DELETE_BULK_REDELIVERIES, Tuple.of(before, BATCH))
          .compose(
              done ->
                  deleteAll(
                      connection,
                      DELETE_CIRCUIT_CHANGES,
                      Tuple.of(PartitionedTable.floor(firstKept), BATCH)));
    }

    private Future<Void> dropEvents(List<DayTable> tables) {
      Future<Void> chain = Future.succeededFuture();
      for (DayTable table : of(tables, PartitionedTable.EVENT)) {
        LocalDate day = table.day();
        if (isExpired(table)
            && !deliveryDays.contains(day)
            && !deliveryDays.contains(day.plusDays(1))) {
          chain =
              chain
                  .compose(
                      done ->
                          connection
                              .preparedQuery(REDELIVERED)
                              .execute(
                                  Tuple.of(
                                      PartitionedTable.floor(day),
                                      PartitionedTable.floor(day.plusDays(1)))))
                  .compose(
                      rows ->
                          rows.iterator().next().getBoolean("redelivered")
                              ? Future.succeededFuture()
                              : drop(table));
        }
      }
      return chain;
    }

    /** What cannot be dropped now is dropped by a later run. */
    private Future<Void> drop(DayTable table) {
      String alter = "alter table " + table.of().table() + " detach partition " + table.name();
      Future<?> detached =
          table.detaching()
              ? connection.query(alter + " finalize").execute()
              : table.attached()
                  ? connection.query(alter + " concurrently").execute()
                  : Future.succeededFuture();
      return detached
          .compose(done -> connection.query("drop table " + table.name()).execute())
          .<Void>mapEmpty()
          .onSuccess(done -> dropped.add(table.name()))
          .recover(
              e -> {
                LOG.warn("{} could not be dropped; the next run tries again", table.name(), e);
                if (table.of() == PartitionedTable.DELIVERY) {
                  deliveryDays.add(table.day());
                }
                return Future.succeededFuture();
              });
    }

    private boolean isExpired(DayTable table) {
      return table.day().isBefore(firstKept);
    }

    private static List<DayTable> of(List<DayTable> tables, PartitionedTable of) {
      return tables.stream().filter(table -> table.of() == of).collect(Collectors.toList());
    }
  }
}
