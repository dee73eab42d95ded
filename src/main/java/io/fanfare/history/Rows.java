package io.fanfare.history;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads rows of {@code delivery} and {@code attempt}. */
final class Rows {
  /** What {@link #delivery} needs, of a table named {@code d}. */
  static final String DELIVERY_COLUMNS =
      """
      d.id, d.event_id, d.event_type, d.status::text as status, d.test, d.attempts, d.due_at,
        d.ended_at, d.response_code, d.response_time, d.response_body, d.error""";

  private Rows() {}

  static DeliveryEntry delivery(Row row) {
    return new DeliveryEntry(
        row.getUUID("id"),
        row.getUUID("event_id"),
        row.getString("event_type"),
        DeliveryStatus.ofWireName(row.getString("status")).orElseThrow(),
        row.getBoolean("test"),
        row.getShort("attempts"),
        instant(row, "due_at"),
        instant(row, "ended_at"),
        row.getInteger("response_code"),
        row.getInteger("response_time"),
        row.getString("response_body"),
        row.getString("error"));
  }

  static AttemptEntry attempt(Row row) {
    return new AttemptEntry(
        row.getShort("n"),
        row.getOffsetDateTime("started_at").toInstant(),
        row.getBoolean("probe"),
        row.getInteger("response_code"),
        row.getInteger("response_time"),
        row.getString("response_body"),
        row.getString("response_headers"),
        row.getString("error"));
  }

  static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
