package io.fanfare.history;

import io.fanfare.id.IdGenerator;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event without its data.
 *
 * @param occurredAt its {@code timestamp}, as it is sent to receivers
 * @param deliveries how many webhooks it matched when it was published
 */
public record EventEntry(
    UUID id, String type, @Nullable String projectId, String occurredAt, int deliveries) {

  /** When it was accepted, to the millisecond. */
  public Instant acceptedAt() {
    return Instant.ofEpochMilli(IdGenerator.millis(id));
  }
}
