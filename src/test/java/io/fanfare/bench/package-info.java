/**
 * The benchmarks that {@code bench/run} runs: every part in a process of its own, all on loopback,
 * bounded in count and time. They measure; they do not test.
 */
package io.fanfare.bench;
