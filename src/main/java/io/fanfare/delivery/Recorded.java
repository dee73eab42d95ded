package io.fanfare.delivery;

import java.util.List;
import java.util.UUID;

/**
 * Tells a webhook's supervisor that these fetched deliveries are written down: they may be fetched
 * again when due.
 */
public record Recorded(int webhook, List<UUID> deliveries) {}
