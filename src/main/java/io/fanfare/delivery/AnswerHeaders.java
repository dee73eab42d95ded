package io.fanfare.delivery;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;

/** An answer's headers as they are kept. */
final class AnswerHeaders {
  private AnswerHeaders() {}

  /**
   * As a JSON object, names in lower case, a name that occurs more than once with an array. There
   * is no NUL in it, which PostgreSQL could not store: an answer with one in its head is malformed.
   */
  static String json(Iterable<Map.Entry<String, String>> headers) {
    JsonObject json = new JsonObject();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      Object known = json.getValue(name);
      if (known == null) {
        json.put(name, header.getValue());
      } else if (known instanceof JsonArray all) {
        all.add(header.getValue());
      } else {
        json.put(name, new JsonArray().add(known).add(header.getValue()));
      }
    }
    return json.encode();
  }
}
