package io.fanfare.bench;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** Medians of what was measured in several rounds. */
final class Medians {
  private Medians() {}

  /** Of the rounds that have the value; not a number where none has. */
  static <T> double of(Collection<T> rounds, ToDoubleFunction<T> value) {
    double[] sorted =
        rounds.stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
