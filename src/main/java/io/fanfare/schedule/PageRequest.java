package io.fanfare.schedule;

import java.util.Set;
import java.util.UUID;

/**
 * Asks for the due deliveries of a webhook that have waited longest.
 *
 * @param webhook its number
 * @param limit at most this many, each with a permit already taken
 * @param held ids that are in memory already: a row keeps its {@code due_at} until its outcome
 *     commits
 */
public record PageRequest(int webhook, int limit, Set<UUID> held) {}
