package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import org.HdrHistogram.Histogram;

/** How long calls of one kind took, one after the other. */
final class CallTimes {
  private static final PrintStream OUT = System.out;

  private final Histogram nanos = new Histogram(3);

  /** One call. */
  interface Call {
    void run() throws Exception;
  }

  /** Makes calls; those that warm are not counted. */
  static CallTimes of(int warm, int counted, Call call) throws Exception {
    CallTimes times = new CallTimes();
    for (int i = 0; i < warm + counted; i++) {
      long begin = System.nanoTime();
      call.run();
      if (i >= warm) {
        times.nanos.recordValue(System.nanoTime() - begin);
      }
    }
    return times;
  }

  static void printHead() {
    OUT.printf("%-28s %9s %9s %9s   ms%n", "", "p50", "p99", "max");
  }

  void print(String name) {
    OUT.printf("%-28s %9.1f %9.1f %9.1f%n", name, millis(50), millis(99), millis(100));
  }

  JsonObject json(String name) {
    return new JsonObject()
        .put("reading", name)
        .put("p50_millis", millis(50))
        .put("p99_millis", millis(99))
        .put("max_millis", millis(100));
  }

  private double millis(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}
