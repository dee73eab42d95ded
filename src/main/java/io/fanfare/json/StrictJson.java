package io.fanfare.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON of strangers: RFC 8259 in strict UTF-8, without BOM, comments, duplicate keys, NaN or
 * trailing text; depth of at most 64, numbers of at most 1,000 digits, strings of at most 1 MiB.
 */
public final class StrictJson {
  /** Deepest nesting of a whole document. */
  public static final int DEPTH_MAX = 64;

  /** Longest number, in characters. */
  public static final int NUMBER_LENGTH_MAX = 1_000;

  /** Longest string, in characters. */
  public static final int STRING_LENGTH_MAX = 1 << 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          // Keys of strangers must not live on as interned strings.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength(STRING_LENGTH_MAX)
                  .maxNameLength(STRING_LENGTH_MAX)
                  .build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private StrictJson() {}

  /**
   * Parses a whole document to a tree.
   *
   * @throws InvalidJsonException with a sentence that says what is wrong and where
   */
  public static JsonNode tree(byte[] bytes) throws InvalidJsonException {
    requireUtf8(bytes, 0, bytes.length);
    try {
      JsonNode node = MAPPER.readTree(LoneSurrogates.replacedInNames(bytes, 0, bytes.length));
      if (node == null || node.isMissingNode()) {
        throw new InvalidJsonException("the body is empty; a JSON document is expected");
      }
      return node;
    } catch (IOException e) {
      throw invalid(e);
    } catch (NumberFormatException e) {
      // Jackson does not wrap this one: an exponent beyond what a BigDecimal can hold.
      throw new InvalidJsonException("the body has a number whose exponent is too large");
    }
  }

  /**
   * A parser over bytes that were checked with {@link #requireUtf8}; its byte offsets are those of
   * the array. The caller must read to the end with {@link #requireEnd}.
   */
  public static JsonParser parser(byte[] bytes, int offset, int length) throws IOException {
    return FACTORY.createParser(
        LoneSurrogates.replacedInNames(bytes, offset, length), offset, length);
  }

  /** Throws unless the parser stands at the end of the document. */
  public static void requireEnd(JsonParser parser) throws IOException, InvalidJsonException {
    JsonToken token = parser.nextToken();
    if (token != null) {
      throw new InvalidJsonException("there is text after the end of the JSON document");
    }
  }

  /** Throws unless the bytes are well-formed UTF-8 without a byte order mark. */
  public static void requireUtf8(byte[] bytes, int offset, int length) throws InvalidJsonException {
    if (length >= 3
        && (bytes[offset] & 0xff) == 0xef
        && (bytes[offset + 1] & 0xff) == 0xbb
        && (bytes[offset + 2] & 0xff) == 0xbf) {
      throw new InvalidJsonException(
          "the body starts with a byte order mark; send UTF-8 without one");
    }
    int ascii = offset;
    int end = offset + length;
    while (ascii < end && bytes[ascii] > 0) {
      ascii++;
    }
    if (ascii == end) {
      return;
    }
    if (bytes[ascii] == 0) {
      throw new InvalidJsonException("the body has a NUL byte; send JSON in UTF-8");
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      decoder.decode(ByteBuffer.wrap(bytes, ascii, end - ascii));
    } catch (CharacterCodingException e) {
      throw new InvalidJsonException("the body is not valid UTF-8");
    }
    for (int i = ascii; i < end; i++) {
      if (bytes[i] == 0) {
        throw new InvalidJsonException("the body has a NUL byte; send JSON in UTF-8");
      }
    }
  }

  /** The sentence for a client behind a failure of the parser. */
  public static InvalidJsonException invalid(IOException e) {
    if (e instanceof JsonProcessingException json) {
      var where = json.getLocation();
      String place =
          where == null
              ? ""
              : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
      return new InvalidJsonException(
          "the body is not valid JSON: " + json.getOriginalMessage() + place);
    }
    return new InvalidJsonException("the body is not valid JSON: " + e.getMessage());
  }
}
