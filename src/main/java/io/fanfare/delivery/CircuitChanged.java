package io.fanfare.delivery;

import io.fanfare.webhook.CircuitRecord;

/** A circuit changed without an attempt of a delivery: by a change of the webhook, or by a test. */
public record CircuitChanged(int webhook, CircuitRecord circuit) implements ToRecord {}
