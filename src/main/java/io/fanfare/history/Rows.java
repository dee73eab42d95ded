package io.fanfare.history;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads rows of {@code delivery} and {@code attempt}. */
final class Rows {
  /** What {@link #delivery} needs, of a table named {@code d}. */
  static final String DELIVERY_COLUMNS =
      """
      d.id, d.event_id, d.event_type, d.status::text as status, d.test, d.attempts, d.due_at,
        d.ended_at, d.response_code, d.response_time, d.response_body, d.error""";

  /** What {@link #webhook} needs, of a table named {@code w}. */
  static final String WEBHOOK_COLUMNS =
      """
      w.number, w.id as webhook_id, w.name, w.project_id, w.events, w.active, w.disabled_reason,
        w.max_attempts, w.created_at, w.updated_at, w.deleted_at, w.circuit_state,
        w.circuit_opened_at, w.circuit_probe_at, w.circuit_failures""";

  private Rows() {}

  static WebhookFacts webhook(Row row) {
    return new WebhookFacts(
        row.getInteger("number"),
        row.getUUID("webhook_id"),
        row.getString("name"),
        row.getString("project_id"),
        List.of(row.getArrayOfStrings("events")),
        row.getBoolean("active"),
        row.getString("disabled_reason"),
        row.getInteger("max_attempts"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        instant(row, "deleted_at"),
        new WebhookFacts.CircuitFacts(
            row.getString("circuit_state"),
            instant(row, "circuit_opened_at"),
            instant(row, "circuit_probe_at"),
            row.getInteger("circuit_failures")));
  }

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
