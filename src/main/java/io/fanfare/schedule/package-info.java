/**
 * What waits in the database: retries that come due, overflow of full windows, orphans of a crash.
 */
package io.fanfare.schedule;
