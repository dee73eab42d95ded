/** Deadlines that are nearly always met, and cost nearly nothing then. */
package io.fanfare.time;
