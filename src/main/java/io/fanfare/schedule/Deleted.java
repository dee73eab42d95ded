package io.fanfare.schedule;

import java.util.Set;
import java.util.UUID;

/**
 * A webhook is deleted: its waiting deliveries must be ended.
 *
 * @param webhook its number
 * @param held deliveries that are in memory and end with their outcome
 */
public record Deleted(int webhook, Set<UUID> held) {}
