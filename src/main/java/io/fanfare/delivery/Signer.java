package io.fanfare.delivery;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs the bodies of one webhook: the document's {@code X-Trae-Signature-256}, and Standard
 * Webhooks' {@code webhook-signature} (its specification, section "Signature scheme"). Keyed once
 * per secret, because keying costs as much as signing a short body. Used from one thread only.
 */
final class Signer {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String STANDARD_PREFIX = "whsec_";

  private final Mac document;
  private final Mac standard;

  /**
   * @param secret its UTF-8 bytes are the document's key; the decoded part of a {@code whsec_}
   *     secret is that of Standard Webhooks where it is valid base64, else the same bytes
   */
  Signer(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    document = keyed(bytes);
    standard = keyed(standardKey(secret, bytes));
  }

  /** {@code sha256=} and the HMAC of the body in hex. */
  String document(byte[] body) {
    return "sha256=" + HexFormat.of().formatHex(document.doFinal(body));
  }

  /** {@code v1,} and the HMAC of id, timestamp and body in base64. */
  String standard(String id, String timestamp, byte[] body) {
    standard.update(id.getBytes(StandardCharsets.US_ASCII));
    standard.update((byte) '.');
    standard.update(timestamp.getBytes(StandardCharsets.US_ASCII));
    standard.update((byte) '.');
    return "v1," + Base64.getEncoder().encodeToString(standard.doFinal(body));
  }

  private static byte[] standardKey(String secret, byte[] bytes) {
    if (secret.startsWith(STANDARD_PREFIX)) {
      try {
        byte[] decoded = Base64.getDecoder().decode(secret.substring(STANDARD_PREFIX.length()));
        if (decoded.length > 0) {
          return decoded;
        }
      } catch (IllegalArgumentException e) {
        // Not base64: by contract the secret is taken as it is.
        return bytes;
      }
    }
    return bytes;
  }

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
