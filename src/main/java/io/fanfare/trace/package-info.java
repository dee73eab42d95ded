/** Distributed traces: the context that travels with an event, and spans for a collector. */
package io.fanfare.trace;
