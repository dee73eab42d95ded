package io.fanfare.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes names with lone surrogate escapes ({@code "\ud800": 1}) readable. RFC 8259, section 8.2,
 * allows them, and Jackson takes them in values but not in names.
 *
 * <p>Each such escape is replaced, in a copy, by one of the same length from the private use area,
 * so that offsets in the copy are those in the original, and two different names stay different.
 */
final class LoneSurrogates {
  private static final int ESCAPE_LENGTH = 6;
  private static final int FIRST_REPLACEMENT = 0xE000;

  private final byte[] bytes;
  private final int end;
  private byte[] copy;
  // Where the lone surrogates of the string being read stand, and how many there are.
  private int[] found = new int[4];
  private int count;

  private LoneSurrogates(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
    this.copy = bytes;
  }

  /**
   * The same bytes, or a copy where a name has to be changed. What is no JSON may stay as it is.
   */
  static byte[] replacedInNames(byte[] bytes, int offset, int length) {
    int end = offset + length;
    return mayHaveSome(bytes, offset, end)
        ? new LoneSurrogates(bytes, end).replaced(offset)
        : bytes;
  }

  /** Whether there is an escape of any surrogate: most documents have none. */
  private static boolean mayHaveSome(byte[] bytes, int offset, int end) {
    for (int i = offset; i < end - 2; i++) {
      if (bytes[i] == '\\') {
        if (bytes[i + 1] == 'u' && (bytes[i + 2] | 0x20) == 'd') {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private byte[] replaced(int offset) {
    int at = offset;
    while (at < end) {
      if (bytes[at] == '"') {
        at = afterString(at + 1);
        if (count > 0 && isName(at)) {
          replaceFound();
        }
      } else {
        at++;
      }
    }
    return copy;
  }

  /** Reads a string to behind its closing quote and remembers its lone surrogates. */
  private int afterString(int start) {
    count = 0;
    int high = -1;
    int at = start;
    while (at < end && bytes[at] != '"') {
      int code = surrogate(at);
      boolean low = Character.isLowSurrogate((char) code);
      if (low && high == at - ESCAPE_LENGTH) {
        high = -1;
      } else {
        if (high >= 0) {
          remember(high);
          high = -1;
        }
        if (low) {
          remember(at);
        } else if (code > 0) {
          high = at;
        }
      }
      at += code > 0 ? ESCAPE_LENGTH : bytes[at] == '\\' ? 2 : 1;
    }
    if (high >= 0) {
      remember(high);
    }
    return at + 1;
  }

  /** The surrogate whose escape stands there; 0 where none does. */
  private int surrogate(int at) {
    if (end - at < ESCAPE_LENGTH || bytes[at] != '\\' || bytes[at + 1] != 'u') {
      return 0;
    }
    int code = 0;
    for (int i = at + 2; i < at + ESCAPE_LENGTH; i++) {
      int digit = Character.digit(bytes[i], 16);
      if (digit < 0) {
        return 0;
      }
      code = code << 4 | digit;
    }
    return Character.isSurrogate((char) code) ? code : 0;
  }

  private void remember(int at) {
    if (count == found.length) {
      found = Arrays.copyOf(found, 2 * count);
    }
    found[count++] = at;
  }

  /** Whether the string that ends before this place is a name: a colon follows it. */
  private boolean isName(int afterString) {
    int at = afterString;
    while (at < end && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r'))) {
      at++;
    }
    return at < end && bytes[at] == ':';
  }

  private void replaceFound() {
    if (copy == bytes) {
      copy = bytes.clone();
    }
    for (int i = 0; i < count; i++) {
      int replacement = FIRST_REPLACEMENT + surrogate(found[i]) - Character.MIN_SURROGATE;
      byte[] digits = Integer.toHexString(replacement).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(digits, 0, copy, found[i] + 2, digits.length);
    }
  }
}
