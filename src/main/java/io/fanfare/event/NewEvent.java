package io.fanfare.event;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A valid event that is not accepted yet. Made by {@link EventParser} only, which checks every
 * bound, so that no value of a stranger can fail the batch it shares with others.
 *
 * @param timestamp ISO 8601 in UTC; null means now
 * @param data the bytes of a JSON object
 */
public record NewEvent(
    String type, @Nullable String projectId, @Nullable String timestamp, Buffer data) {}
