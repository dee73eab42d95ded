package io.fanfare.api;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * What a token of an API key looks like: {@code fanfare_}, 32 random bytes in 43 digits of base 62,
 * and their CRC-32 in 6 more. Scanners for leaked secrets find it by the prefix, and garbage is
 * told apart by the checksum, without a look-up.
 */
public final class ApiToken {
  private static final String PREFIX = "fanfare_";
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_BYTES = 32;
  private static final int RANDOM_DIGITS = 43;
  private static final int CHECK_DIGITS = 6;

  private ApiToken() {}

  /** A new token. */
  public static String generate(RandomGenerator random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String body = base62(new BigInteger(1, bytes), RANDOM_DIGITS);
    return PREFIX + body + check(body);
  }

  /** Whether a text can be a token that {@link #generate} made. */
  public static boolean wellFormed(String token) {
    if (token.length() != PREFIX.length() + RANDOM_DIGITS + CHECK_DIGITS
        || !token.startsWith(PREFIX)) {
      return false;
    }
    String body = token.substring(PREFIX.length(), PREFIX.length() + RANDOM_DIGITS);
    return token.endsWith(check(body));
  }

  /** SHA-256 of a token: what is stored. Enough without salt, the token is random as a whole. */
  public static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String check(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return base62(BigInteger.valueOf(crc.getValue()), CHECK_DIGITS);
  }

  private static String base62(BigInteger value, int length) {
    char[] text = new char[length];
    BigInteger rest = value;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(DIGITS.length()));
      text[i] = DIGITS.charAt(parts[1].intValue());
      rest = parts[0];
    }
    return new String(text);
  }
}
