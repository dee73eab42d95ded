package io.fanfare.event;

/**
 * Webhooks that have deliveries waiting in the database since a commit, and when the first of them
 * is due.
 *
 * @param webhooks numbers
 * @param dueAtMillis for each of them, milliseconds since 1970
 */
@SuppressWarnings("ArrayRecordComponent") // a message: made once, read once, never compared
public record Waiting(int[] webhooks, long[] dueAtMillis) {}
