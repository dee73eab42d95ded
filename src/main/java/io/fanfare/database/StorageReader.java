package io.fanfare.database;

import io.fanfare.database.Storage.Day;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures what the database takes of the disk, day by day. */
public final class StorageReader {
  private static final String SIZES =
      """
      select right(c.relname, 8) as day,
        sum(case when c.relname like 'event\\_%' then pg_total_relation_size(c.oid) else 0 end)::int8 as events,
        sum(case when c.relname like 'delivery\\_%' then pg_total_relation_size(c.oid) else 0 end)::int8
          as deliveries,
        sum(case when c.relname like 'attempt\\_%' then pg_total_relation_size(c.oid) else 0 end)::int8
          as attempts
      from pg_class c
      where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
        and c.relname ~ '^(event|delivery|attempt)_[0-9]{8}$'
      group by 1 order by 1
      """;

  private static final String WHOLE = "select pg_database_size(current_database()) as bytes";

  private final Vertx vertx;
  private final Database database;
  private final @Nullable Path folder;
  private final Duration keep;
  private final Clock clock;

  /**
   * @param folder of the embedded database; null for an external one
   * @param keep how long events and deliveries are kept
   */
  public StorageReader(
      Vertx vertx, Database database, @Nullable Path folder, Duration keep, Clock clock) {
    this.vertx = vertx;
    this.database = database;
    this.folder = folder;
    this.keep = keep;
    this.clock = clock;
  }

  /** Measures. */
  public Future<Storage> read() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    var days = database.read().query(SIZES).execute();
    var whole = database.read().query(WHOLE).execute();
    var free = freeBytes();
    return Future.all(days, whole, free)
        .map(
            read -> {
              List<Day> kept = new ArrayList<>(days.result().size());
              days.result().forEach(row -> kept.add(day(row)));
              return Storage.of(
                  whole.result().iterator().next().getLong("bytes"),
                  kept,
                  today,
                  keep.toDays(),
                  free.result());
            });
  }

  private Future<@Nullable Long> freeBytes() {
    Path measured = folder;
    if (measured == null) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(() -> Files.getFileStore(measured).getUsableSpace(), false);
  }

  private static Day day(Row row) {
    return new Day(
        LocalDate.parse(row.getString("day"), DateTimeFormatter.BASIC_ISO_DATE),
        row.getLong("events"),
        row.getLong("deliveries"),
        row.getLong("attempts"));
  }
}
