package io.fanfare.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are asked for; all of its parts must hold.
 *
 * @param eventType null for every type
 * @param projectId equality; null for every event, also those of no project
 * @param from first moment of acceptance, in whole milliseconds; null for no bound
 * @param until the millisecond after the last; null for no bound
 */
public record EventFilter(
    @Nullable String eventType,
    @Nullable String projectId,
    @Nullable Instant from,
    @Nullable Instant until) {

  TimeRange range() {
    return TimeRange.of(from, until);
  }
}
