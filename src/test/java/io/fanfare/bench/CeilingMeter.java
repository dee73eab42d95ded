package io.fanfare.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Measures the raw ceiling after each load, see {@link CeilingProcess}: a machine that others use
 * too is not as fast now as it was a minute ago.
 */
final class CeilingMeter implements AutoCloseable {
  private static final int WARM_REQUESTS = 300_000;

  private final ChildProcess process;
  private final int requests;
  private Ceiling last = new Ceiling(0, 0);

  private CeilingMeter(ChildProcess process, int requests) {
    this.process = process;
    this.requests = requests;
  }

  /**
   * Starts its process.
   *
   * @param bytes of each request
   * @param requests of each measurement
   */
  static CeilingMeter start(int bytes, int requests) throws IOException {
    return new CeilingMeter(
        ChildProcess.start(
            CeilingProcess.class,
            List.of("-Xmx256m"),
            Map.of(),
            Integer.toString(BenchedReceiver.PORT),
            Integer.toString(bytes)),
        requests);
  }

  /** A cold sender would be dear, and what is counted in its costs cheap. */
  void warmUp() throws IOException {
    last = measure(WARM_REQUESTS);
  }

  /** Measures; the mean of this time and the last one is the ceiling around what was between. */
  Ceiling next() throws IOException {
    Ceiling earlier = last;
    last = measure(requests);
    return earlier.meanWith(last);
  }

  private Ceiling measure(int count) throws IOException {
    process.tell(Integer.toString(count));
    double seconds = process.await(CeilingProcess.NANOS) / 1e9;
    double micros = process.await(CeilingProcess.CPU_NANOS) / 1e3;
    return new Ceiling(count / seconds, micros / count);
  }

  @Override
  public void close() {
    process.close();
  }
}
