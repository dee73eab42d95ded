package io.fanfare.database;

import io.fanfare.id.IdGenerator;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;

/** A table with one partition for each UTC day of its ids. */
enum PartitionedTable {
  /** Rows never change: full pages, and no visits for the sake of inserts alone. */
  EVENT("event", "fillfactor = 100, autovacuum_vacuum_insert_threshold = -1"),

  /**
   * Every row changes once at least, and finds room for that on its own page: with 45 percent
   * filled 98 of 100 do (HOT updates under full load, 600-byte events), with 60 percent 71. Visits
   * summarise the block ranges of its BRIN index.
   */
  DELIVERY(
      "delivery",
      "fillfactor = 45, autovacuum_vacuum_scale_factor = 0.3, autovacuum_vacuum_threshold = 50000,"
          + " autovacuum_vacuum_insert_scale_factor = 0.3,"
          + " autovacuum_vacuum_insert_threshold = 100000,"
          + " autovacuum_analyze_scale_factor = 0.5, autovacuum_analyze_threshold = 100000"),

  /** Rows never change. */
  ATTEMPT("attempt", "fillfactor = 100, autovacuum_vacuum_insert_threshold = -1");

  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

  private final String table;
  private final String storage;

  PartitionedTable(String table, String storage) {
    this.table = table;
    this.storage = storage;
  }

  /** Name of the whole table. */
  String table() {
    return table;
  }

  /** Storage parameters of its partitions. */
  String storage() {
    return storage;
  }

  /** Name of a day's partition, like {@code delivery_20240101}. */
  String partition(LocalDate day) {
    return table + "_" + DAY.format(day);
  }

  /** The day of a partition; empty for a name that we did not give. */
  Optional<LocalDate> day(String partition) {
    if (!partition.matches(table + "_\\d{8}")) {
      return Optional.empty();
    }
    return Optional.of(LocalDate.parse(partition.substring(table.length() + 1), DAY));
  }

  /** Smallest id of a day. */
  static UUID floor(LocalDate day) {
    return IdGenerator.floorOf(day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
  }
}
