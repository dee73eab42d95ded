package io.fanfare.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** Puts JSON that must keep its bytes into an answer, without copying it more than once. */
final class RawJson {
  private RawJson() {}

  /**
   * Appends an object with one more member at its end.
   *
   * @param value appends the value of that member, which is JSON already
   */
  static void append(Buffer out, JsonObject object, String name, Consumer<Buffer> value) {
    Buffer members = object.toBuffer();
    out.appendBuffer(members, 0, members.length() - 1);
    if (!object.isEmpty()) {
      out.appendByte((byte) ',');
    }
    out.appendString("\"" + name + "\":");
    value.accept(out);
    out.appendByte((byte) '}');
  }

  /** An object with one more member at its end. */
  static Buffer with(JsonObject object, String name, Consumer<Buffer> value) {
    Buffer out = Buffer.buffer();
    append(out, object, name, value);
    return out;
  }

  /** Appends an array. */
  static <T> void appendArray(Buffer out, Iterable<T> items, Consumer<T> append) {
    out.appendByte((byte) '[');
    boolean first = true;
    for (T item : items) {
      if (!first) {
        out.appendByte((byte) ',');
      }
      first = false;
      append.accept(item);
    }
    out.appendByte((byte) ']');
  }
}
