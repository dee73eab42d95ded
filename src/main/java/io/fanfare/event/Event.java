package io.fanfare.event;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that was published.
 *
 * @param timestamp as it goes into the body, ISO 8601 in UTC
 * @param data the bytes of the JSON object as they were published; never changed, shared by all
 *     deliveries
 */
public record Event(
    UUID id, String type, @Nullable String projectId, String timestamp, Buffer data) {}
