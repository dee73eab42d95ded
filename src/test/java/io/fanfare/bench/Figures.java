package io.fanfare.bench;

import io.vertx.core.json.JsonObject;

/** Figures of which some could not be had: those are not a number. */
final class Figures {
  private Figures() {}

  /** For a table: a dash where there is none. */
  static String text(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(format, value);
  }

  /** For results: JSON has no word for not a number. */
  static void put(JsonObject json, String name, double value) {
    json.put(name, Double.isFinite(value) ? value : null);
  }
}
