package io.fanfare.id;

import java.util.Optional;
import java.util.UUID;

/**
 * The kinds of public ids. A public id is the kind's prefix and 26 characters of Crockford's base
 * 32 in lower case: it sorts by time as text, needs no escaping in a URL and has no {@code .},
 * which Standard Webhooks forbids in {@code webhook-id}.
 */
public enum IdKind {
  WEBHOOK("webhook_"),
  DELIVERY("del_"),
  EVENT("event_"),
  KEY("key_"),
  REDELIVERY("redelivery_"),
  CIRCUIT_CHANGE("circuit_");

  private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
  private static final byte[] VALUES = new byte[128];
  private static final int TEXT_LENGTH = 26;

  static {
    java.util.Arrays.fill(VALUES, (byte) -1);
    for (byte i = 0; i < DIGITS.length; i++) {
      VALUES[DIGITS[i]] = i;
    }
  }

  private final String prefix;

  IdKind(String prefix) {
    this.prefix = prefix;
  }

  /** The public form of an id: prefix and 26 characters. */
  public String format(UUID id) {
    char[] text = new char[prefix.length() + TEXT_LENGTH];
    prefix.getChars(0, prefix.length(), text, 0);
    long high = id.getMostSignificantBits();
    long low = id.getLeastSignificantBits();
    // 128 bits in 26 digits of 5 bits: the first digit holds the top 3 bits only.
    for (int i = text.length - 1; i >= prefix.length(); i--) {
      text[i] = DIGITS[(int) (low & 31)];
      low = (low >>> 5) | (high << 59);
      high >>>= 5;
    }
    return new String(text);
  }

  /** The id behind a public form; empty where the text is not one of this kind. Never throws. */
  public Optional<UUID> parse(String text) {
    if (text.length() != prefix.length() + TEXT_LENGTH || !text.startsWith(prefix)) {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    for (int i = prefix.length(); i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c < 128 ? VALUES[c] : -1;
      if (value < 0 || (i == prefix.length() && value > 7)) {
        return Optional.empty();
      }
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | value;
    }
    return Optional.of(new UUID(high, low));
  }
}
