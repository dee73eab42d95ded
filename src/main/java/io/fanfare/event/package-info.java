/**
 * Accepts events: validates, matches, gives ids, commits them in groups with their deliveries,
 * answers, hands over.
 */
package io.fanfare.event;
