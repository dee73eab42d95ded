package io.fanfare.webhook;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * The spellings of IPv4 addresses that some library or other understands: what {@code inet_aton}
 * reads, and so do browsers (https://url.spec.whatwg.org/#concept-ipv4-parser). Up to four parts,
 * each decimal, octal or hexadecimal, the last of which fills what the others leave.
 */
final class Spelling {
  private Spelling() {}

  /** An address in one of them. */
  static String of(byte[] ipv4, SplittableRandom random) {
    long number = Integer.toUnsignedLong(ByteBuffer.wrap(ipv4).getInt());
    int parts = 1 + random.nextInt(4);
    List<String> spelled = new ArrayList<>();
    for (int i = 0; i < parts - 1; i++) {
      spelled.add(part(ipv4[i] & 0xff, random));
    }
    int bitsLeft = 32 - 8 * (parts - 1);
    spelled.add(part(number & ((1L << bitsLeft) - 1), random));
    return String.join(".", spelled) + (random.nextInt(8) == 0 ? "." : "");
  }

  private static String part(long number, SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> "0" + "0".repeat(random.nextInt(3)) + Long.toOctalString(number);
      case 1 -> "0x" + "0".repeat(random.nextInt(3)) + Long.toHexString(number);
      case 2 -> "0X" + Long.toHexString(number).toUpperCase(java.util.Locale.ROOT);
      default -> Long.toString(number);
    };
  }

  /** What {@code inet_aton} makes of a host; empty where it is no address to it. */
  static Optional<byte[]> read(String host) {
    String text = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String[] parts = text.split("\\.", -1);
    if (parts.length > 4) {
      return Optional.empty();
    }
    long number = 0;
    for (int i = 0; i < parts.length; i++) {
      OptionalLong part = number(parts[i]);
      boolean last = i == parts.length - 1;
      long max = last ? (1L << (32 - 8 * i)) - 1 : 255;
      if (part.isEmpty() || part.getAsLong() > max) {
        return Optional.empty();
      }
      number |= last ? part.getAsLong() : part.getAsLong() << (24 - 8 * i);
    }
    return Optional.of(ByteBuffer.allocate(4).putInt((int) number).array());
  }

  private static OptionalLong number(String part) {
    boolean hexadecimal = part.startsWith("0x") || part.startsWith("0X");
    boolean octal = !hexadecimal && part.length() > 1 && part.startsWith("0");
    String digits = hexadecimal ? part.substring(2) : part;
    if (hexadecimal && digits.isEmpty()) {
      return OptionalLong.of(0);
    }
    if (!digits.matches("[0-9A-Fa-f]{1,20}")) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(digits, hexadecimal ? 16 : octal ? 8 : 10));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
