package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.webhook.AddressOracle.Range;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The classifier of addresses against an oracle that was written in another way, on every edge and
 * on more than a million addresses.
 */
class NetworkPolicyFuzzTest {
  private static final int EACH_FAMILY = 600_000;

  // Addresses of this machine are denied as well, and none of them is public in a test.
  private final NetworkPolicy policy = new NetworkPolicy(List.of(), true, () -> 0);
  private final SplittableRandom random = new SplittableRandom(20_240_229);
  private int denied;

  @Test
  void agreesAtEveryEdge() {
    for (Range range : AddressOracle.DENIED) {
      for (BigInteger edge : List.of(range.first(), range.last())) {
        for (int near = -2; near <= 2; near++) {
          BigInteger address = edge.add(BigInteger.valueOf(near));
          if (address.signum() >= 0 && address.bitLength() <= range.bytes() * 8) {
            assertAgrees(AddressOracle.bytes(range.bytes(), address));
          }
        }
      }
    }
  }

  @Test
  void agreesOnMoreThanAMillionAddresses() {
    for (int i = 0; i < EACH_FAMILY; i++) {
      assertAgrees(ipv4());
      assertAgrees(ipv6());
    }
    System.out.printf(
        "addresses.classified = %d, addresses.denied = %d, addresses.wrong = 0%n",
        2 * EACH_FAMILY, denied);
    // Both verdicts are there in numbers, or nothing was shown.
    assertThat(denied).isBetween(EACH_FAMILY / 2, 3 * EACH_FAMILY / 2);
  }

  @Test
  void deniesEveryIpv6AddressThatCarriesAnIpv4One() {
    String[] disguises = {
      "00000000000000000000ffff", // mapped
      "000000000000000000000000", // compatible
      "0000000000000000ffff0000", // translated (SIIT)
      "0064ff9b0000000000000000", // NAT64
      "0064ff9b0001000000000000", // local NAT64
      "000000000000000000005efe", // ISATAP
      "fe8000000000000000005efe"
    };
    for (int i = 0; i < 10_000; i++) {
      byte[] carried = ipv4();
      for (String disguise : disguises) {
        byte[] address = HexFormat.of().parseHex(disguise + HexFormat.of().formatHex(carried));
        assertThat(policy.denied(address, 443)).isTrue();
      }
      // 6to4 and Teredo carry it further to the left.
      for (String before : List.of("2002", "20010000")) {
        byte[] address = new byte[AddressOracle.IPV6];
        random.nextBytes(address);
        byte[] begin = HexFormat.of().parseHex(before);
        System.arraycopy(begin, 0, address, 0, begin.length);
        System.arraycopy(carried, 0, address, begin.length, carried.length);
        assertThat(policy.denied(address, 443)).isTrue();
      }
    }
  }

  private byte[] ipv4() {
    byte[] address = new byte[AddressOracle.IPV4];
    random.nextBytes(address);
    return random.nextInt(4) == 0 ? within(AddressOracle.IPV4) : address;
  }

  /** A quarter within the denied ranges, a half in global unicast, the rest anywhere. */
  private byte[] ipv6() {
    byte[] address = new byte[AddressOracle.IPV6];
    random.nextBytes(address);
    int kind = random.nextInt(8);
    if (kind < 2) {
      return within(AddressOracle.IPV6);
    }
    if (kind < 6) {
      address[0] = (byte) (0x20 | (address[0] & 0x1f));
    }
    return address;
  }

  /** Somewhere in a denied range, or right beside it. */
  private byte[] within(int bytes) {
    List<Range> ranges =
        AddressOracle.DENIED.stream().filter(range -> range.bytes() == bytes).toList();
    Range range = ranges.get(random.nextInt(ranges.size()));
    BigInteger offset = new BigInteger(1, randomBytes(bytes)).mod(range.size().add(BigInteger.TWO));
    BigInteger address = range.first().subtract(BigInteger.ONE).add(offset);
    boolean fits = address.signum() >= 0 && address.bitLength() <= bytes * 8;
    return AddressOracle.bytes(bytes, fits ? address : range.first());
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void assertAgrees(byte[] address) {
    boolean expected = AddressOracle.isDenied(address);
    denied += expected ? 1 : 0;
    if (policy.denied(address, 443) != expected) {
      throw new AssertionError(
          HexFormat.of().formatHex(address) + " should be denied: " + expected);
    }
  }
}
