package io.fanfare.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;

/** Takes one member of a JSON object as the bytes it came in. */
public final class RawMember {
  private RawMember() {}

  /**
   * The bytes of a member that is an object; empty where there is no such member, or where it is no
   * object.
   *
   * @param object a document that {@link StrictJson#tree} has accepted
   */
  public static Optional<Buffer> objectOf(byte[] object, String name) {
    try (JsonParser parser = StrictJson.parser(object, 0, object.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(name);
        JsonToken token = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        if (wanted && token == JsonToken.START_OBJECT) {
          int end = (int) parser.currentLocation().getByteOffset();
          return Optional.of(Buffer.buffer(end - start).appendBytes(object, start, end - start));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalArgumentException("the document was not checked", e);
    }
  }
}
