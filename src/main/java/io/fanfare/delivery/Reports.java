package io.fanfare.delivery;

import java.util.List;

/**
 * What the webhooks of one event loop have to report to one outcome verticle since its last turn.
 *
 * @param items in the order in which they happened
 */
public record Reports(List<ToRecord> items) {}
