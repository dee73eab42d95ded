package io.fanfare.config;

/** Who may call. An empty {@code adminToken} is generated at first start. */
public record AuthConfig(@Secret String adminToken, int failuresPerMinute) {

  /** Checks the bounds. */
  public AuthConfig {
    new Limits()
        .rule(
            "adminToken",
            adminToken.isEmpty() || adminToken.matches("[\\x21-\\x7e]{16,256}"),
            "empty, or 16 to 256 visible ASCII characters")
        .count("failuresPerMinute", failuresPerMinute, 1, 1_000_000)
        .enforce();
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
