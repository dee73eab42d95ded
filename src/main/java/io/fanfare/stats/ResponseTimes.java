package io.fanfare.stats;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.mapping.IndexMapping;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import com.datadoghq.sketch.ddsketch.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalDouble;

/**
 * The distribution of response times in a few hundred bytes (a DDSketch). Quantiles are within 1 %
 * of the exact ones, also after any merging. Not thread-safe.
 */
public final class ResponseTimes {
  // A little better than the promised 1 %, which leaves room for the rounding to 0.01 ms.
  private static final double ACCURACY = 0.0099;

  // Enough for 1 ms to eight days at this accuracy, so that nothing ever collapses in practice.
  private static final int BINS_MAX = 1_024;

  // Below this, two whole numbers are further apart than the error, and the exact one is known.
  private static final double WHOLE_BELOW = 50;

  private static final IndexMapping MAPPING = new LogarithmicMapping(ACCURACY);

  private final DDSketch sketch;

  private ResponseTimes(DDSketch sketch) {
    this.sketch = sketch;
  }

  private static Store store() {
    return new CollapsingLowestDenseStore(BINS_MAX);
  }

  /** Of no answer yet. */
  public static ResponseTimes empty() {
    return new ResponseTimes(new DDSketch(MAPPING, ResponseTimes::store));
  }

  /** Those that {@link #encode} wrote. */
  public static ResponseTimes decode(byte[] bytes) {
    ResponseTimes times = empty();
    times.merge(bytes);
    return times;
  }

  /** Adds one, in ms, not negative. */
  public void add(int millis) {
    sketch.accept(millis);
  }

  /** Adds those of another one, which stays as it is. */
  void merge(ResponseTimes other) {
    sketch.mergeWith(other.sketch);
  }

  /** Adds those that {@link #encode} wrote. */
  public void merge(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    try {
      sketch.mergeWith(DDSketch.decode(ByteArrayInput.wrap(bytes), ResponseTimes::store, MAPPING));
    } catch (IOException e) {
      throw new UncheckedIOException("a stored sketch of response times cannot be read", e);
    }
  }

  /** A compact form for the database; empty for no answer. */
  public byte[] encode() {
    if (sketch.isEmpty()) {
      return new byte[0];
    }
    GrowingByteArrayOutput output = GrowingByteArrayOutput.withDefaultInitialCapacity();
    try {
      // Without the mapping, which is always the same and longer than most sketches.
      sketch.encode(output, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return output.trimmedCopy();
  }

  /** How many there are. */
  public long count() {
    return Math.round(sketch.getCount());
  }

  /**
   * A percentile by nearest rank, in ms: the value at place ⌈percent · n / 100⌉ of all n in order,
   * within 1 %, and exact below 50 ms. Empty for no answer.
   *
   * @param percent 1 to 100
   */
  public OptionalDouble percentile(int percent) {
    long count = count();
    if (count == 0) {
      return OptionalDouble.empty();
    }
    long place = Math.max(0, (percent * count + 99) / 100 - 1);
    // The sketch answers with the first bin whose values reach beyond quantile · (n − 1). Half a
    // place more keeps a rounding error from hitting the bin before.
    double quantile = count == 1 ? 1 : Math.min(1, (place + 0.5) / (count - 1));
    double value = sketch.getValueAtQuantile(quantile);
    return OptionalDouble.of(
        value < WHOLE_BELOW ? Math.round(value) : Math.round(value * 100) / 100.0);
  }
}
