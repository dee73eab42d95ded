package io.fanfare.bench;

import io.fanfare.stats.ResponseTimes;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The sketch of response times, with ten thousand of them between 0 and 2 s. */
@State(Scope.Thread)
public class SketchMicro {
  private static final int TIMES = 10_000;
  private static final int MILLIS_MAX = 2_000;

  private final ResponseTimes times = ResponseTimes.empty();
  private final int[] millis = new int[1 << 10];
  private byte[] encoded = {};
  private int next;

  /** Fills it. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < millis.length; i++) {
      millis[i] = random.nextInt(MILLIS_MAX);
    }
    for (int i = 0; i < TIMES; i++) {
      times.add(random.nextInt(MILLIS_MAX));
    }
    encoded = times.encode();
  }

  /** One more. */
  @Benchmark
  public void add() {
    times.add(millis[next++ & millis.length - 1]);
  }

  /** What a fold does with what is stored: reads it, adds one, and writes it. */
  @Benchmark
  public byte[] fold() {
    ResponseTimes sum = ResponseTimes.empty();
    sum.add(millis[next++ & millis.length - 1]);
    sum.merge(encoded);
    return sum.encode();
  }

  /** A percentile. */
  @Benchmark
  public OptionalDouble percentile() {
    return times.percentile(95);
  }
}
