/** Counts and response times per webhook, event type and hour. */
package io.fanfare.stats;
