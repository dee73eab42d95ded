package io.fanfare.event;

import io.fanfare.trace.Trace;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that was published.
 *
 * @param timestamp as it goes into the body, ISO 8601 in UTC
 * @param data the bytes of the JSON object as they were published; never changed, shared by all
 *     deliveries
 * @param trace the span of which its attempts are children; null where it belongs to none
 */
public record Event(
    UUID id,
    String type,
    @Nullable String projectId,
    String timestamp,
    Buffer data,
    @Nullable Trace trace) {

  /** One that belongs to no trace. */
  public Event(UUID id, String type, @Nullable String projectId, String timestamp, Buffer data) {
    this(id, type, projectId, timestamp, data, null);
  }
}
