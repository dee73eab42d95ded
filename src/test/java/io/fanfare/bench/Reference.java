package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a delivery should cost, by the way of publishing, in units of what one raw POST costs its
 * sender: the figure that moves least from machine to machine. Kept in {@code
 * bench/reference.json}.
 */
final class Reference {
  private static final String FIELD = "times_raw";
  private static final double TOLERANCE = 0.1;
  private static final String RENEW = "bench/run throughput --renew";

  private final Map<String, Object> timesRaw;

  private Reference(Map<String, Object> timesRaw) {
    this.timesRaw = timesRaw;
  }

  /** Reads the file. */
  static Reference read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static Reference parse(String json) {
    return new Reference(new JsonObject(json).getJsonObject(FIELD).getMap());
  }

  /** Writes what was measured over the file. */
  static void renew(Path file, Map<String, Double> measured) throws IOException {
    JsonObject all = new JsonObject();
    measured.forEach((name, value) -> all.put(name, Math.round(value * 100) / 100.0));
    Files.writeString(file, new JsonObject().put(FIELD, all).encodePrettily() + "\n");
  }

  /** One sentence for each way that is more than a tenth away, or that the reference lacks. */
  List<String> compare(Map<String, Double> measured) {
    List<String> sentences = new ArrayList<>();
    measured.forEach(
        (name, value) -> {
          if (!(timesRaw.get(name) instanceof Number reference)) {
            sentences.add(
                String.format(
                    Locale.ROOT, "%s: %.1f × raw, without a reference: %s", name, value, RENEW));
            return;
          }
          double more = value / reference.doubleValue() - 1;
          if (more > TOLERANCE) {
            sentences.add(away(name, value, more, "dearer", reference));
          } else if (more < -TOLERANCE) {
            sentences.add(
                away(name, value, -more, "cheaper", reference) + "; renew the reference: " + RENEW);
          }
        });
    return sentences;
  }

  private static String away(String name, double value, double share, String how, Number than) {
    return String.format(
        Locale.ROOT,
        "%s: %.1f × raw, %.0f %% %s than the reference %.1f",
        name,
        value,
        share * 100,
        how,
        than.doubleValue());
  }
}
