package io.fanfare.faults;

import io.fanfare.faults.History.Got;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies what the service signs, written from the contract and not from the service's code. */
final class Signatures {
  private Signatures() {}

  /** The headers of a signed request. */
  static Map<String, String> of(String secret, String delivery, String timestamp, Buffer body) {
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    Buffer content = Buffer.buffer(delivery + "." + timestamp + ".").appendBuffer(body);
    return Map.of(
        "x-trae-signature-256",
        "sha256=" + HexFormat.of().formatHex(hmac(key, body)),
        "webhook-id",
        delivery,
        "webhook-timestamp",
        timestamp,
        "webhook-signature",
        "v1," + Base64.getEncoder().encodeToString(hmac(key, content)));
  }

  /** Whether both signatures of a request are right. */
  static boolean verify(String secret, Got got) {
    String timestamp = got.signed().getOrDefault("webhook-timestamp", "");
    return of(secret, got.delivery(), timestamp, got.body()).equals(got.signed());
  }

  private static byte[] hmac(byte[] key, Buffer content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(content.getBytes());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
