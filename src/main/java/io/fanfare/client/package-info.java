/** Fanfare's own REST client: for the demo, the command line, the benchmarks and the tests. */
package io.fanfare.client;
