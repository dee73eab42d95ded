package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Scenario {@code micro}: what the inner parts of a delivery cost by themselves, in nanoseconds and
 * bytes of memory of an operation, measured with JMH. {@code bench/run} has its annotation
 * processor make what runs them.
 */
public final class Micro {
  private static final PrintStream OUT = System.out;
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private Micro() {}

  /**
   * Runs the scenario.
   *
   * @param args a folder for results, and {@code --quick} for fewer and shorter measurements
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean quick = List.of(args).contains("--quick");
    Files.createDirectories(folder);
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.fanfare\\..*Micro\\.")
                    .mode(Mode.AverageTime)
                    .timeUnit(TimeUnit.NANOSECONDS)
                    .forks(quick ? 1 : 2)
                    .warmupIterations(quick ? 2 : 3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(quick ? 3 : 5)
                    .measurementTime(TimeValue.seconds(1))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    OUT.printf("%-36s %10s %20s %10s%n", "", "ns", "(from – to)", "bytes");
    JsonArray operations = new JsonArray();
    results.forEach(result -> operations.add(line(result)));
    Results.write(
        folder,
        "micro",
        new JsonObject().put("operations", operations),
        Plot.grouped(
            "Nanoseconds of an operation",
            List.of("ns"),
            Results.rows(operations, "operation", "nanos")));
  }

  private static JsonObject line(RunResult result) {
    String name = name(result.getParams());
    Result<?> time = result.getPrimaryResult();
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
    double bytes = allocated == null ? Double.NaN : allocated.getScore();
    OUT.printf(
        "%-36s %10.1f %20s %10s%n",
        name,
        time.getScore(),
        "(%.1f – %.1f)".formatted(time.getStatistics().getMin(), time.getStatistics().getMax()),
        Figures.text("%.0f", bytes));
    JsonObject json =
        new JsonObject()
            .put("operation", name)
            .put("nanos", time.getScore())
            .put("nanos_min", time.getStatistics().getMin())
            .put("nanos_max", time.getStatistics().getMax());
    Figures.put(json, "bytes", bytes);
    return json;
  }

  /** {@code match one, webhooks 1000}. */
  private static String name(BenchmarkParams params) {
    String[] path = params.getBenchmark().split("\\.", -1);
    String room = path[path.length - 2].replace("Micro", "").toLowerCase(java.util.Locale.ROOT);
    String method = path[path.length - 1];
    StringBuilder name = new StringBuilder(room);
    if (!method.equals(room)) {
      name.append(' ').append(method);
    }
    params
        .getParamsKeys()
        .forEach(key -> name.append(", ").append(key).append(' ').append(params.getParam(key)));
    return name.toString();
  }
}
