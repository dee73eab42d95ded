package io.fanfare.event;

import java.util.List;

/**
 * Committed deliveries for one supervisor, one message per flush. Acknowledged when the supervisor
 * has them; what is not acknowledged goes back to the database.
 */
public record HandOver(List<Delivery> deliveries) {}
