package io.fanfare.stats;

import java.util.OptionalDouble;

/** How counts become the numbers of the API (contract, section 5). */
final class Rates {
  private static final double ALL = 100;

  private Rates() {}

  /** Share of successful deliveries in percent, with two decimals; 100 where none ended. */
  static double success(long successful, long failed) {
    long ended = successful + failed;
    return ended == 0 ? ALL : Math.round(successful * 10_000.0 / ended) / 100.0;
  }

  /** Mean with two decimals; empty where there is nothing. */
  static OptionalDouble average(long sum, long count) {
    return count == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.round(sum * 100.0 / count) / 100.0);
  }
}
