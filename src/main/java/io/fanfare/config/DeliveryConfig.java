package io.fanfare.config;

import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.List;

/** How deliveries are sent; limits are per webhook and global, never per host. */
public record DeliveryConfig(
    List<String> allowedNetworks,
    boolean allowHttp,
    String headerPrefix,
    String userAgent,
    int window,
    int concurrency,
    int inFlightMax,
    long heldBytesMax,
    int awakeMax,
    double retryJitter,
    Duration maxWait,
    Duration idleUndeploy,
    Duration connectTimeout,
    Duration keepAlive,
    long responseBodyMax,
    Duration drainTimeout,
    Duration dnsTimeout,
    CircuitConfig circuit) {

  /** Checks the bounds. */
  public DeliveryConfig {
    new Limits()
        .rule(
            "allowedNetworks",
            allowedNetworks.stream().allMatch(DeliveryConfig::isNetwork),
            "networks like \"10.0.0.0/8\" or \"::1/128\"")
        .rule(
            "headerPrefix",
            headerPrefix.matches("[A-Za-z][A-Za-z0-9-]{0,31}"),
            "1 to 32 letters, digits and dashes, the first a letter")
        .rule(
            "userAgent",
            userAgent.matches("[\\x21-\\x7e]([\\x20-\\x7e]{0,254}[\\x21-\\x7e])?"),
            "1 to 256 printable ASCII characters")
        .count("window", window, 1, 100_000)
        .count("concurrency", concurrency, 1, 10_000)
        .rule("concurrency", concurrency <= window, "at most delivery.window")
        .count("inFlightMax", inFlightMax, 1, 1_000_000)
        .rule("inFlightMax", inFlightMax >= concurrency, "at least delivery.concurrency")
        .bytes("heldBytesMax", heldBytesMax, 1 << 20, 16L << 30)
        .count("awakeMax", awakeMax, 1, 1_000_000)
        .rule("retryJitter", retryJitter >= 0 && retryJitter <= 1, "from 0 to 1")
        .duration("maxWait", maxWait, Duration.ofMinutes(1), Duration.ofDays(30))
        .duration("idleUndeploy", idleUndeploy, Duration.ofMillis(100), Duration.ofDays(1))
        .duration("connectTimeout", connectTimeout, Duration.ofMillis(10), Duration.ofMinutes(2))
        .duration("keepAlive", keepAlive, Duration.ofSeconds(1), Duration.ofMinutes(5))
        .bytes("responseBodyMax", responseBodyMax, 0, 1 << 20)
        // A stop must be over within 30 s, its other steps included.
        .duration("drainTimeout", drainTimeout, Duration.ZERO, Duration.ofSeconds(28))
        .duration("dnsTimeout", dnsTimeout, Duration.ofMillis(100), Duration.ofMinutes(2))
        .enforce();
  }

  private static boolean isNetwork(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("\\d{1,3}")) {
      return false;
    }
    int bits = Integer.parseInt(parts[1]);
    return NetUtil.isValidIpV4Address(parts[0])
        ? bits <= 32
        : NetUtil.isValidIpV6Address(parts[0]) && bits <= 128;
  }
}
