package io.fanfare;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An answer of the API: status, headers by their lower-case names, and body. */
public record Answer(int status, Map<String, List<String>> headers, String text) {
  /** The body as a JSON object. */
  public JsonObject json() {
    return new JsonObject(text);
  }

  /** The first value of a header; empty where it is absent. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of("")).get(0);
  }

  /** The fields that {@code details} names, in its order; empty where there are none. */
  public List<String> faultyFields() {
    return json().containsKey("details")
        ? json().getJsonArray("details").stream()
            .map(detail -> ((JsonObject) detail).getString("field"))
            .toList()
        : List.of();
  }
}
