package io.fanfare.webhook;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URL of a receiver, parsed once and strictly. A parser of our own, because every library reads
 * some spelling in its own way ({@code 2130706433}, {@code 127.1}, {@code 0177.0.0.1}): what this
 * one accepts has one meaning for all of them.
 *
 * @param https whether the connection is encrypted, by the scheme
 * @param host lower case A-labels, or an IPv4 or IPv6 address without brackets
 * @param literal whether the host is an address
 * @param port the port to dial
 * @param portGiven whether the URL names it
 * @param pathAndQuery what stands in the request line
 */
public record TargetUrl(
    boolean https, String host, boolean literal, int port, boolean portGiven, String pathAndQuery) {

  /** Longest URL, in characters. */
  public static final int LENGTH_MAX = 2_048;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9-]{1,63}");
  private static final Pattern NUMERIC_LABEL = Pattern.compile("\\d+|0x[0-9a-f]*");
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}");
  private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}");
  private static final Pattern PATH_AND_QUERY = Pattern.compile("[!-~&&[^\\\\#\"<>]]*");
  private static final Pattern PRIVATE_NAME =
      Pattern.compile("[^.]*|.*\\.(?:localhost|local|internal)");
  private static final int NAME_LENGTH_MAX = 253;
  private static final int PORT_MAX = 65_535;
  private static final int PRIVILEGED_PORT_MAX = 1_023;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** Why a URL is refused: a sentence that goes on after the word {@code url}. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * Parses a URL and judges it by what can be known without a look-up: the scheme, the spelling of
   * the host, a literal address, the port.
   *
   * @throws RefusedException with the reason
   */
  public static TargetUrl admit(String url, NetworkPolicy policy) throws RefusedException {
    TargetUrl target = parse(url);
    if (!target.https && !policy.httpAllowed()) {
      throw new RefusedException("must start with https://");
    }
    boolean denied =
        target.literal
            ? policy.denied(target.addressBytes(), target.port)
            : PRIVATE_NAME.matcher(target.host).matches() && !policy.privateNamesAllowed();
    if (denied) {
      throw new RefusedException(
          "is refused: "
              + NetworkPolicy.REFUSAL
              + "; private networks are reached only where delivery.allowed_networks lists them");
    }
    return target;
  }

  /**
   * Parses a URL.
   *
   * @throws RefusedException with the reason
   */
  public static TargetUrl parse(String url) throws RefusedException {
    if (url.length() > LENGTH_MAX) {
      throw new RefusedException("must be at most " + LENGTH_MAX + " characters");
    }
    boolean https = url.regionMatches(true, 0, "https://", 0, 8);
    if (!https && !url.regionMatches(true, 0, "http://", 0, 7)) {
      throw new RefusedException("must be an absolute URL that starts with https:// or http://");
    }
    int start = https ? 8 : 7;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(start, end);
    String rest = url.substring(end);
    if (rest.indexOf('#') >= 0) {
      throw new RefusedException("must have no fragment");
    }
    if (!PATH_AND_QUERY.matcher(rest).matches()) {
      throw new RefusedException(
          "must have a path and a query of visible ASCII characters; percent-encode the others");
    }
    if (authority.indexOf('@') >= 0) {
      throw new RefusedException(
          "must have no user name or password; use the header Authorization");
    }
    String pathAndQuery = rest.startsWith("/") ? rest : "/" + rest;
    return authority(authority, https, pathAndQuery);
  }

  private static TargetUrl authority(String authority, boolean https, String pathAndQuery)
      throws RefusedException {
    boolean bracketed = authority.startsWith("[");
    int hostEnd =
        bracketed
            ? authority.indexOf(']') + 1
            : authority.indexOf(':') < 0 ? authority.length() : authority.indexOf(':');
    String host = authority.substring(0, hostEnd);
    String portPart = authority.substring(hostEnd);
    boolean portGiven = !portPart.isEmpty();
    int port = portGiven ? port(portPart) : https ? HTTPS_PORT : HTTP_PORT;
    if (bracketed) {
      return ipv6(host, https, port, portGiven, pathAndQuery);
    }
    String name = toAscii(host);
    if (DOTTED_QUAD.matcher(name).matches() && NetUtil.isValidIpV4Address(name)) {
      return new TargetUrl(https, name, true, port, portGiven, pathAndQuery);
    }
    requireName(name);
    return new TargetUrl(https, name, false, port, portGiven, pathAndQuery);
  }

  private static int port(String text) throws RefusedException {
    int port =
        text.startsWith(":") && PORT.matcher(text.substring(1)).matches()
            ? Integer.parseInt(text.substring(1))
            : 0;
    boolean usable =
        port == HTTP_PORT || port == HTTPS_PORT || (port > PRIVILEGED_PORT_MAX && port <= PORT_MAX);
    if (!usable) {
      throw new RefusedException("must have the port 80, 443 or one between 1024 and 65535");
    }
    return port;
  }

  private static TargetUrl ipv6(
      String bracketed, boolean https, int port, boolean portGiven, String pathAndQuery)
      throws RefusedException {
    String text = bracketed.length() < 2 ? "" : bracketed.substring(1, bracketed.length() - 1);
    if (!text.matches("[0-9A-Fa-f:.]+")
        || !NetUtil.isValidIpV6Address(text)
        || NetUtil.createByteArrayFromIpAddressString(text) == null) {
      throw new RefusedException("must have a valid IPv6 address in its brackets");
    }
    return new TargetUrl(https, text.toLowerCase(Locale.ROOT), true, port, portGiven, pathAndQuery);
  }

  private static String toAscii(String host) throws RefusedException {
    String ascii = host;
    if (host.chars().anyMatch(c -> c > 127)) {
      try {
        ascii = IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES);
      } catch (IllegalArgumentException e) {
        throw new RefusedException("must have a valid host name");
      }
    }
    return ascii.toLowerCase(Locale.ROOT);
  }

  private static void requireName(String name) throws RefusedException {
    String[] labels = name.split("\\.", -1);
    boolean wellFormed =
        name.length() <= NAME_LENGTH_MAX
            && java.util.Arrays.stream(labels).allMatch(label -> LABEL.matcher(label).matches());
    if (!wellFormed || NUMERIC_LABEL.matcher(labels[labels.length - 1]).matches()) {
      throw new RefusedException(
          "must have a host name of letters, digits, dashes and dots, or an address in its usual"
              + " form");
    }
  }

  /** What goes into the header {@code Host}: the port only where the scheme does not imply it. */
  public String hostHeader() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (https ? HTTPS_PORT : HTTP_PORT) ? shown : shown + ":" + port;
  }

  /**
   * The bytes of the address that is the host, 4 or 16; judge these, since {@link InetAddress}
   * turns an IPv4 address in its IPv6 disguise into the IPv4 address.
   *
   * @throws IllegalStateException where the host is a name
   */
  public byte[] addressBytes() {
    if (!literal) {
      throw new IllegalStateException("the host is a name");
    }
    return NetUtil.createByteArrayFromIpAddressString(host);
  }

  /** The address that is the host; empty where the host is a name. */
  public Optional<InetAddress> address() {
    if (!literal) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(addressBytes()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
