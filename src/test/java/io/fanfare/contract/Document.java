package io.fanfare.contract;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The API document's own examples and programs, which are resources of the tests under {@code
 * document/}.
 */
public final class Document {
  private Document() {}

  /** A JSON example of the document, such as {@code create-webhook.request}. */
  public static JsonObject example(String name) {
    return new JsonObject(text(name + ".json"));
  }

  /** A file of the document as text, such as {@code verify.js}. */
  public static String text(String file) {
    String name = "/document/" + file;
    try (InputStream in = Document.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no test resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
