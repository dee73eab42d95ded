package io.fanfare.config;

import java.util.Base64;
import java.util.List;

/** Keys that seal secrets at rest: AES-256 in base64; the first seals, all open. */
public record SecretsConfig(@Secret List<String> keys) {
  private static final int KEY_BYTES = 32;

  /** Checks the bounds. */
  public SecretsConfig {
    new Limits()
        .rule(
            "keys",
            keys.size() <= 16 && keys.stream().allMatch(SecretsConfig::isKey),
            "at most 16 keys of 32 bytes in base64 (make one with: openssl rand -base64 32)")
        .enforce();
  }

  private static boolean isKey(String text) {
    try {
      return Base64.getDecoder().decode(text).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
