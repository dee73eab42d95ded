package io.fanfare.webhook;

import io.netty.util.NetUtil;
import java.util.Optional;

/** A network: an address and how many of its bits count. */
public final class Cidr {
  private final byte[] address;
  private final int bits;

  private Cidr(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /** The network of a text like {@code 10.0.0.0/8} or {@code ::1/128}; empty where it is none. */
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean literal = NetUtil.isValidIpV4Address(address) || NetUtil.isValidIpV6Address(address);
    byte[] bytes = literal ? NetUtil.createByteArrayFromIpAddressString(address) : null;
    if (bytes == null || !text.substring(address.length()).matches("(/\\d{1,3})?")) {
      return Optional.empty();
    }
    int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
    return bits <= bytes.length * 8 ? Optional.of(new Cidr(bytes, bits)) : Optional.empty();
  }

  /** The network of a text that is one. */
  static Cidr of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("no network: " + text));
  }

  /** Whether an address of 4 or 16 bytes lies in it; never across the two families. */
  public boolean contains(byte[] other) {
    if (other.length != address.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != other[i]) {
        return false;
      }
    }
    int mask = 0xff00 >> (bits % 8) & 0xff;
    return mask == 0 || (address[whole] & mask) == (other[whole] & mask);
  }
}
