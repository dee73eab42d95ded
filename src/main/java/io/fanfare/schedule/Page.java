package io.fanfare.schedule;

import io.fanfare.event.Event;
import java.util.List;
import java.util.UUID;

/** The answer to a {@link PageRequest}: due deliveries, the one that has waited longest first. */
public record Page(List<Due> deliveries) {
  /** A delivery as the database has it. */
  public record Due(UUID id, Event event, int attempts, int probes) {}
}
