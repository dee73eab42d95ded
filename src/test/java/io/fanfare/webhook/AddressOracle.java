package io.fanfare.webhook;

import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Says which addresses are denied, independently of {@link NetworkPolicy}: by first and last number
 * of each range, read off the IANA registries, instead of by prefixes.
 */
public final class AddressOracle {
  /** A range of addresses of one family, both ends included. */
  public record Range(int bytes, BigInteger first, BigInteger last) {
    boolean contains(BigInteger address) {
      return address.compareTo(first) >= 0 && address.compareTo(last) <= 0;
    }

    BigInteger size() {
      return last.subtract(first).add(BigInteger.ONE);
    }

    /** One of its addresses by chance. */
    public byte[] any(SplittableRandom random) {
      byte[] chance = new byte[bytes];
      random.nextBytes(chance);
      return AddressOracle.bytes(bytes, first.add(new BigInteger(1, chance).mod(size())));
    }

    /** The same addresses as networks, such as {@code 10.0.0.0/8}. */
    public List<String> networks() {
      List<String> networks = new ArrayList<>();
      BigInteger next = first;
      while (next.compareTo(last) <= 0) {
        int free = next.signum() == 0 ? bytes * 8 : next.getLowestSetBit();
        int left = last.subtract(next).add(BigInteger.ONE).bitLength() - 1;
        int hostBits = Math.min(free, left);
        networks.add(
            NetUtil.bytesToIpAddress(AddressOracle.bytes(bytes, next))
                + "/"
                + (bytes * 8 - hostBits));
        next = next.add(BigInteger.ONE.shiftLeft(hostBits));
      }
      return networks;
    }
  }

  /** Length of an IPv4 address. */
  public static final int IPV4 = 4;

  /** Length of an IPv6 address. */
  public static final int IPV6 = 16;

  // Hexadecimal digits of the first and the last address.
  private static final String[][] IPV4_DENIED = {
    {"00000000", "00ffffff"}, // this network
    {"0a000000", "0affffff"}, // private
    {"64400000", "647fffff"}, // shared, carrier-grade NAT
    {"7f000000", "7fffffff"}, // loopback
    {"a83f8110", "a83f8110"}, // Azure's own services
    {"a9fe0000", "a9feffff"}, // link-local, metadata services
    {"ac100000", "ac1fffff"}, // private
    {"c0000000", "c00000ff"}, // protocol assignments
    {"c0000200", "c00002ff"}, // documentation
    {"c0586300", "c05863ff"}, // 6to4 relays
    {"c0a80000", "c0a8ffff"}, // private
    {"c6120000", "c613ffff"}, // benchmarks
    {"c6336400", "c63364ff"}, // documentation
    {"cb007100", "cb0071ff"}, // documentation
    {"e0000000", "efffffff"}, // multicast
    {"f0000000", "ffffffff"} // reserved, broadcast
  };

  private static final String[][] IPV6_DENIED = {
    {"0", "1fffffffffffffffffffffffffffffff"}, // before global unicast
    {"20010000000000000000000000000000", "200101ffffffffffffffffffffffffff"}, // Teredo, ORCHID …
    {"20010db8000000000000000000000000", "20010db8ffffffffffffffffffffffff"}, // documentation
    {"20020000000000000000000000000000", "2002ffffffffffffffffffffffffffff"}, // 6to4
    {"3fff0000000000000000000000000000", "3fff0fffffffffffffffffffffffffff"}, // documentation
    {"40000000000000000000000000000000", "ffffffffffffffffffffffffffffffff"} // after it
  };

  /** Every range of addresses that must not be dialled. */
  public static final List<Range> DENIED = denied();

  private AddressOracle() {}

  private static List<Range> denied() {
    List<Range> all = new ArrayList<>();
    for (String[] range : IPV4_DENIED) {
      all.add(new Range(IPV4, new BigInteger(range[0], 16), new BigInteger(range[1], 16)));
    }
    for (String[] range : IPV6_DENIED) {
      all.add(new Range(IPV6, new BigInteger(range[0], 16), new BigInteger(range[1], 16)));
    }
    return all;
  }

  /** Whether an address of 4 or 16 bytes must not be dialled. */
  public static boolean isDenied(byte[] address) {
    BigInteger number = new BigInteger(1, address);
    return DENIED.stream()
        .anyMatch(range -> range.bytes() == address.length && range.contains(number));
  }

  /** An address by its number. */
  static byte[] bytes(int length, BigInteger number) {
    byte[] address = new byte[length];
    byte[] given = number.toByteArray();
    int copied = Math.min(given.length, length);
    System.arraycopy(given, given.length - copied, address, length - copied, copied);
    return address;
  }
}
