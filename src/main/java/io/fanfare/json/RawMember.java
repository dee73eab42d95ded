package io.fanfare.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Takes one member of a JSON object as the bytes it came in. */
public final class RawMember {
  private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

  private RawMember() {}

  /**
   * A document in two parts.
   *
   * @param object the bytes of the member; empty where there is none, or where it is no object
   * @param rest the document with an empty object in its place; not checked where it is no object
   */
  @SuppressWarnings("ArrayRecordComponent") // parsed at once, never compared
  public record Taken(Optional<Buffer> object, byte[] rest) {}

  /**
   * Takes a member that is an object out of a document. What is in it passes as it is, numbers that
   * no tree could hold too.
   *
   * @throws InvalidJsonException where the document is no JSON as {@link StrictJson} accepts it
   */
  public static Taken takeObject(byte[] document, String name) throws InvalidJsonException {
    StrictJson.requireUtf8(document, 0, document.length);
    int start = -1;
    int end = -1;
    try (JsonParser parser = StrictJson.parser(document, 0, document.length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new Taken(Optional.empty(), document);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(name);
        JsonToken token = parser.nextToken();
        int at = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        if (wanted && token == JsonToken.START_OBJECT) {
          start = at;
          end = (int) parser.currentLocation().getByteOffset();
        }
      }
      StrictJson.requireEnd(parser);
    } catch (IOException e) {
      throw StrictJson.invalid(e);
    }
    if (start < 0) {
      return new Taken(Optional.empty(), document);
    }
    Buffer object = Buffer.buffer(end - start).appendBytes(document, start, end - start);
    Buffer rest =
        Buffer.buffer(document.length - (end - start) + EMPTY.length)
            .appendBytes(document, 0, start)
            .appendBytes(EMPTY)
            .appendBytes(document, end, document.length - end);
    return new Taken(Optional.of(object), rest.getBytes());
  }
}
