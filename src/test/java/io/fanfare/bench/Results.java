package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What a scenario leaves: its figures as JSON, and a drawing of them. */
final class Results {
  private Results() {}

  /** Writes both files, named after the scenario. */
  static void write(Path folder, String scenario, JsonObject figures, String svg)
      throws IOException {
    Files.writeString(folder.resolve(scenario + ".json"), figures.encodePrettily());
    Files.writeString(folder.resolve(scenario + ".svg"), svg);
  }

  /**
   * What a {@link Plot} draws of objects that have all these fields; of two with the same name the
   * later one.
   */
  static Map<String, double[]> rows(JsonArray objects, String name, String... fields) {
    Map<String, double[]> rows = new LinkedHashMap<>();
    for (int i = 0; i < objects.size(); i++) {
      JsonObject object = objects.getJsonObject(i);
      if (Stream.of(fields).allMatch(object::containsKey)) {
        rows.put(
            String.valueOf(object.getValue(name)),
            Stream.of(fields).mapToDouble(object::getDouble).toArray());
      }
    }
    return rows;
  }
}
