package io.fanfare.schedule;

/**
 * Tells a webhook's supervisor that deliveries wait in the database, or that there is room again.
 */
public record Wake(int webhook) {}
