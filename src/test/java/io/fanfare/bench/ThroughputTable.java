package io.fanfare.bench;

import java.io.PrintStream;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Prints the medians of rounds, a line for each way of publishing. */
final class ThroughputTable {
  private static final PrintStream OUT = System.out;

  private final Map<String, List<Measured>> all;

  ThroughputTable(Map<String, List<Measured>> all) {
    this.all = all;
  }

  void print() {
    OUT.printf(
        "%-28s %12s %6s %10s %11s %7s %6s %12s %5s %4s%n",
        "published by",
        "deliveries/s",
        "ratio",
        "service µs",
        "postgres µs",
        "sum µs",
        "× raw",
        "(from – to)",
        "lost",
        "dup");
    all.forEach(ThroughputTable::line);
    List<Measured> rounds = all.values().stream().flatMap(List::stream).toList();
    OUT.printf(
        "%nraw ceiling: %.0f/s, %.1f µs of its sender (medians)%n",
        Medians.of(rounds, m -> m.ceiling().perSecond()),
        Medians.of(rounds, m -> m.ceiling().cpuMicros()));
    printCosts();
  }

  private static void line(String name, List<Measured> rounds) {
    OUT.printf(
        "%-28s %12.0f %6.2f %10.1f %11s %7s %6s %12s %5d %4d%n",
        name,
        Medians.of(rounds, m -> m.reading().perSecond()),
        Medians.of(rounds, Measured::ratio),
        Medians.of(rounds, m -> m.reading().service()),
        Figures.text("%.1f", Medians.of(rounds, m -> m.reading().database())),
        Figures.text("%.1f", Medians.of(rounds, m -> m.reading().sum())),
        Figures.text("%.1f", Medians.of(rounds, Measured::timesRaw)),
        range(rounds),
        rounds.stream().mapToLong(m -> m.reading().lost()).sum(),
        rounds.stream().mapToLong(m -> m.reading().duplicates()).sum());
  }

  private static String range(List<Measured> rounds) {
    DoubleSummaryStatistics range =
        rounds.stream().mapToDouble(Measured::timesRaw).summaryStatistics();
    return Double.isNaN(range.getMin())
        ? "–"
        : String.format("(%.1f – %.1f)", range.getMin(), range.getMax());
  }

  private void printCosts() {
    OUT.printf(
        "%n%-28s %23s %17s %21s %17s %19s%n%-28s %11s %11s %8s %8s %10s %10s %8s %8s %7s %11s%n",
        "",
        "CPU µs of a delivery",
        "log, bytes of it",
        "of 1,000 deliveries",
        "rows of a flush",
        "Java, of a delivery",
        "published by",
        "receiver",
        "generator",
        "all",
        "pages",
        "statements",
        "commits",
        "ingest",
        "outcome",
        "GC µs",
        "allocated B");
    all.forEach(
        (name, rounds) ->
            OUT.printf(
                "%-28s %11s %11s %8s %8s %10s %10s %8s %8s %7s %11s%n",
                name,
                cost(rounds, "%.1f", Costs::receiver),
                cost(rounds, "%.1f", Costs::generator),
                cost(rounds, "%.0f", Costs::walBytes),
                cost(rounds, "%.0f", Costs::fullPageBytes),
                cost(rounds, "%.1f", Costs::statements),
                cost(rounds, "%.1f", Costs::commits),
                cost(rounds, "%.0f", Costs::ingestRows),
                cost(rounds, "%.0f", Costs::outcomeRows),
                cost(rounds, "%.1f", Costs::gcMicros),
                cost(rounds, "%.0f", Costs::allocatedBytes)));
  }

  private static String cost(List<Measured> rounds, String format, ToDoubleFunction<Costs> cost) {
    return Figures.text(format, Medians.of(rounds, m -> cost.applyAsDouble(m.reading().costs())));
  }
}
