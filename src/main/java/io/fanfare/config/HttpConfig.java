package io.fanfare.config;

import java.time.Duration;
import java.util.List;

/** HTTP in. {@code port} 0 picks a free one; an empty {@code metricsToken} leaves metrics open. */
public record HttpConfig(
    String host,
    int port,
    List<String> corsOrigins,
    @Secret String metricsToken,
    long bodyBytesMax,
    int connectionsMax,
    Duration idleTimeout,
    Duration readTimeout) {

  /** Checks the bounds. */
  public HttpConfig {
    new Limits()
        .rule("host", host.matches("[\\x21-\\x7e]{1,255}"), "an address or a host name")
        .count("port", port, 0, 65_535)
        .rule(
            "corsOrigins",
            corsOrigins.stream().allMatch(origin -> origin.matches("https?://[^/\\s?#@]+")),
            "origins like \"https://app.example.com\", without a path")
        // What no header can carry would keep everybody out.
        .rule(
            "metricsToken",
            metricsToken.matches("[\\x21-\\x7e]{0,256}"),
            "empty, or up to 256 visible ASCII characters")
        .bytes("bodyBytesMax", bodyBytesMax, 1 << 10, 64 << 20)
        .count("connectionsMax", connectionsMax, 1, 1_000_000)
        // A test of a webhook answers after up to 120 s, and its client waits without a word.
        .duration("idleTimeout", idleTimeout, Duration.ofSeconds(125), Duration.ofHours(1))
        .duration("readTimeout", readTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10))
        .enforce();
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
