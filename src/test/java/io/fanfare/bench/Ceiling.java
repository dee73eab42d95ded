package io.fanfare.bench;

/**
 * What signed POSTs reach with nothing around them.
 *
 * @param perSecond how many of them
 * @param cpuMicros what one costs its sender
 */
record Ceiling(double perSecond, double cpuMicros) {
  Ceiling meanWith(Ceiling other) {
    return new Ceiling((perSecond + other.perSecond) / 2, (cpuMicros + other.cpuMicros) / 2);
  }
}
