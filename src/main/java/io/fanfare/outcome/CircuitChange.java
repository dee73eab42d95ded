package io.fanfare.outcome;

import io.fanfare.webhook.CircuitRecord;
import java.util.UUID;

/**
 * A circuit came to another state.
 *
 * @param webhook number of its webhook
 * @param id tells the moment
 */
public record CircuitChange(int webhook, UUID id, CircuitRecord circuit) {}
