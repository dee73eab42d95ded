package io.fanfare.webhook;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * Which addresses deliveries may reach: the public ones, and the networks that the operator allows.
 * Decides on bytes, after every spelling of an address is gone. Thread-safe.
 *
 * <p>The lists are those of the IANA special-purpose registries
 * (https://www.iana.org/assignments/iana-ipv4-special-registry and …-ipv6-special-registry); of
 * IPv6 only global unicast is public, without the ranges that carry IPv4 addresses or are
 * documentation.
 */
public final class NetworkPolicy {
  /** What a client reads where its target is refused; one text for all targets. */
  public static final String REFUSAL = "target address is not allowed";

  private static final List<Cidr> DENIED =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              // Azure's own services, reachable from every machine there.
              "168.63.129.16/32",
              "2001::/23",
              "2001:db8::/32",
              "2002::/16",
              "3fff::/20")
          .map(Cidr::of)
          .toList();

  private static final Cidr PUBLIC_IPV6 = Cidr.of("2000::/3");
  private static final Cidr ANY_IPV4 = Cidr.of("0.0.0.0/32");
  private static final Cidr LOOPBACK_IPV4 = Cidr.of("127.0.0.0/8");
  // ::, ::1, and IPv4 addresses in their IPv6 disguises.
  private static final Cidr LOCAL_IPV6 = Cidr.of("::/8");
  private static final int IPV4_BYTES = 4;
  private static final long INTERFACES_KEPT_NANOS = Duration.ofSeconds(30).toNanos();

  private record Interfaces(List<byte[]> addresses, long readAtNanos) {}

  private final List<Cidr> allowed;
  private final boolean httpAllowed;
  private final IntSupplier ownPort;
  private volatile Interfaces interfaces = new Interfaces(List.of(), Long.MIN_VALUE / 2);

  /**
   * @param allowedNetworks texts like {@code 10.0.0.0/8}
   * @param httpAllowed whether {@code http://} is accepted beside {@code https://}
   * @param ownPort port on which this service listens; 0 while it does not
   * @throws IllegalArgumentException where a text is no network
   */
  public NetworkPolicy(List<String> allowedNetworks, boolean httpAllowed, IntSupplier ownPort) {
    this.allowed = allowedNetworks.stream().map(Cidr::of).toList();
    this.httpAllowed = httpAllowed;
    this.ownPort = ownPort;
  }

  /** Whether {@code http://} URLs are accepted. */
  public boolean httpAllowed() {
    return httpAllowed;
  }

  /**
   * Whether names are accepted that only a private network resolves, such as {@code localhost}:
   * where some private network is allowed. Their addresses are judged when they are dialled, like
   * all.
   */
  public boolean privateNamesAllowed() {
    return !allowed.isEmpty();
  }

  /** Whether no delivery may go to that address and port. Never throws. */
  public boolean denied(InetAddress address, int port) {
    return denied(address.getAddress(), port);
  }

  /**
   * The same of the bytes of an address, 4 or 16: {@link InetAddress} turns an IPv4 address in its
   * IPv6 disguise into the IPv4 address, and this does not.
   */
  public boolean denied(byte[] address, int port) {
    boolean own = own(address);
    if (port == ownPort.getAsInt() && (own || local(address))) {
      return true;
    }
    if (allowed.stream().anyMatch(network -> network.contains(address))) {
      return false;
    }
    return own
        || (address.length != IPV4_BYTES && !PUBLIC_IPV6.contains(address))
        || DENIED.stream().anyMatch(network -> network.contains(address));
  }

  private static boolean local(byte[] address) {
    return ANY_IPV4.contains(address)
        || LOOPBACK_IPV4.contains(address)
        || LOCAL_IPV6.contains(address);
  }

  private boolean own(byte[] address) {
    for (byte[] ours : ownAddresses()) {
      if (java.util.Arrays.equals(ours, address)) {
        return true;
      }
    }
    return false;
  }

  private List<byte[]> ownAddresses() {
    Interfaces known = interfaces;
    long now = System.nanoTime();
    if (now - known.readAtNanos() > INTERFACES_KEPT_NANOS) {
      known = new Interfaces(readInterfaces(), now);
      interfaces = known;
    }
    return known.addresses();
  }

  private static List<byte[]> readInterfaces() {
    List<byte[]> addresses = new java.util.ArrayList<>();
    try {
      Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
      while (all != null && all.hasMoreElements()) {
        all.nextElement()
            .getInetAddresses()
            .asIterator()
            .forEachRemaining(address -> addresses.add(address.getAddress()));
      }
    } catch (SocketException unreadable) {
      // Loopback and private addresses are denied without the list.
      return List.of();
    }
    return List.copyOf(addresses);
  }
}
