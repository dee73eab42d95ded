package io.fanfare.bench;

import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Draws what was measured as SVG that can be read on white and on black. */
final class Plot {
  private static final String[] COLORS = {"#3f7fd6", "#d9822b", "#2f9e6e", "#a45fc9", "#c24d63"};
  private static final int WIDTH = 760;
  private static final int TOP = 64;
  private static final int LEFT_OF_BARS = 290;
  private static final int WIDTH_OF_BARS = 390;
  private static final int BAR = 14;
  private static final int GAP = 10;
  private static final int LEFT_OF_LINES = 90;
  private static final int WIDTH_OF_LINES = 630;
  private static final int HEIGHT_OF_LINES = 300;

  private final Formatter svg = new Formatter(new StringBuilder(), Locale.ROOT);

  private Plot(String title, List<String> series) {
    text(16, 24, "start", title);
    int x = 16;
    for (int i = 0; i < series.size(); i++) {
      svg.format("<rect x='%d' y='38' width='10' height='10' fill='%s'/>%n", x, color(i));
      text(x + 15, 47, "start", series.get(i));
      x += 40 + 7 * series.get(i).length();
    }
  }

  /** One bar for each row: the values of its series end to end, and their sum behind. */
  static String stacked(String title, List<String> series, Map<String, double[]> rows) {
    Plot plot = new Plot(title, series);
    double most = most(rows.values().stream().mapToDouble(Plot::sum));
    int y = TOP;
    for (Map.Entry<String, double[]> row : rows.entrySet()) {
      plot.text(LEFT_OF_BARS - 10, y + 11, "end", row.getKey());
      double x = LEFT_OF_BARS;
      for (int i = 0; i < row.getValue().length; i++) {
        x = plot.bar(x, y, row.getValue()[i] / most, i);
      }
      plot.text(x + 6, y + 11, "start", number(sum(row.getValue())));
      y += BAR + GAP;
    }
    return plot.finish(y);
  }

  /** A bar for each series of each row, with its value behind. */
  static String grouped(String title, List<String> series, Map<String, double[]> rows) {
    Plot plot = new Plot(title, series);
    double most = most(rows.values().stream().flatMapToDouble(Arrays::stream));
    int y = TOP;
    for (Map.Entry<String, double[]> row : rows.entrySet()) {
      plot.text(LEFT_OF_BARS - 10, y + 11, "end", row.getKey());
      for (int i = 0; i < row.getValue().length; i++) {
        double end = plot.bar(LEFT_OF_BARS, y, row.getValue()[i] / most, i);
        plot.text(end + 6, y + 11, "start", number(row.getValue()[i]));
        y += BAR + 1;
      }
      y += GAP;
    }
    return plot.finish(y);
  }

  /** A line for each series over the same ticks; the scale is one of powers of ten. */
  static String lines(String title, List<String> ticks, Map<String, double[]> series) {
    Plot plot = new Plot(title, List.copyOf(series.keySet()));
    double[] all =
        series.values().stream().flatMapToDouble(Arrays::stream).filter(v -> v > 0).toArray();
    double lowest = Math.floor(Math.log10(Arrays.stream(all).min().orElse(1)));
    double highest = Math.ceil(Math.log10(most(Arrays.stream(all))));
    double decade = HEIGHT_OF_LINES / Math.max(1, highest - lowest);
    int bottom = TOP + HEIGHT_OF_LINES;
    for (double power = lowest; power <= highest; power++) {
      double y = bottom - (power - lowest) * decade;
      plot.svg.format("<path d='M%d %.1fh%d' stroke='#8886'/>%n", LEFT_OF_LINES, y, WIDTH_OF_LINES);
      plot.text(LEFT_OF_LINES - 8, y + 4, "end", number(Math.pow(10, power)));
    }
    double step = WIDTH_OF_LINES / (double) Math.max(1, ticks.size() - 1);
    for (int i = 0; i < ticks.size(); i++) {
      plot.text(LEFT_OF_LINES + i * step, bottom + 20, "middle", ticks.get(i));
    }
    int number = 0;
    for (double[] values : series.values()) {
      plot.svg.format("<polyline fill='none' stroke-width='2' stroke='%s'", color(number++));
      plot.svg.format(" points='");
      for (int i = 0; i < values.length; i++) {
        double height = Math.max(0, (Math.log10(values[i]) - lowest) * decade);
        plot.svg.format("%.1f,%.1f ", LEFT_OF_LINES + i * step, bottom - height);
      }
      plot.svg.format("'/>%n");
    }
    return plot.finish(bottom + 30);
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).sum();
  }

  private static double most(DoubleStream values) {
    return values.filter(value -> value > 0).max().orElse(1);
  }

  private static String color(int series) {
    return COLORS[series % COLORS.length];
  }

  /** As few digits as tell it apart; a dash for what is not a number. */
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    return String.format(
        Locale.ROOT, value >= 100 ? "%,.0f" : value >= 1 || value == 0 ? "%.1f" : "%.2f", value);
  }

  /** Answers with where it ends. */
  private double bar(double x, int y, double share, int series) {
    double width = Double.isFinite(share) ? WIDTH_OF_BARS * share : 0;
    svg.format(
        "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
        x, y, width, BAR, color(series));
    return x + width;
  }

  private void text(double x, double y, String anchor, String text) {
    svg.format(
        "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n",
        x, y, anchor, text.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private String finish(int height) {
    return """
        <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %1$d %2$d' width='%1$d' height='%2$d'>
        <style>
        text { font: 12px sans-serif; fill: #24292f }
        @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
        </style>
        %3$s</svg>
        """
        .formatted(WIDTH, height, svg);
  }
}
