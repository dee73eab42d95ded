package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The classifier of addresses against a second one, which was written in another way. */
class NetworkPolicyFuzzTest {
  private static final int ADDRESSES = 500_000;

  // First and last address of every denied range, as numbers.
  private static final List<long[]> DENIED =
      List.of(
          range(0, 0, 0, 0, 8),
          range(10, 0, 0, 0, 8),
          range(100, 64, 0, 0, 10),
          range(127, 0, 0, 0, 8),
          range(168, 63, 129, 16, 32),
          range(169, 254, 0, 0, 16),
          range(172, 16, 0, 0, 12),
          range(192, 0, 0, 0, 24),
          range(192, 0, 2, 0, 24),
          range(192, 88, 99, 0, 24),
          range(192, 168, 0, 0, 16),
          range(198, 18, 0, 0, 15),
          range(198, 51, 100, 0, 24),
          range(203, 0, 113, 0, 24),
          range(224, 0, 0, 0, 3));

  private final NetworkPolicy policy = new NetworkPolicy(List.of(), true, () -> 0);
  private final SplittableRandom random = new SplittableRandom(20_240_229);

  @Test
  void agreesOnIpv4AtEveryEdgeAndOnManyAddressesBetween() {
    for (long[] range : DENIED) {
      for (long edge : range) {
        for (long near = edge - 2; near <= edge + 2; near++) {
          assertAgrees((int) near);
        }
      }
    }
    for (int i = 0; i < ADDRESSES; i++) {
      assertAgrees(random.nextInt());
    }
  }

  @Test
  void deniesEveryIpv6AddressThatCarriesAnIpv4One() {
    byte[][] disguises = {
      {0, 0x64, (byte) 0xff, (byte) 0x9b}, {0x20, 0x02}, {0x20, 0x01, 0, 0}, {0, 0, 0, 0}
    };
    for (int i = 0; i < ADDRESSES / 10; i++) {
      for (byte[] prefix : disguises) {
        byte[] address = new byte[16];
        random.nextBytes(address);
        System.arraycopy(prefix, 0, address, 0, prefix.length);
        assertThat(policy.denied(address, 443)).isTrue();
      }
    }
  }

  private void assertAgrees(int number) {
    byte[] address = ByteBuffer.allocate(4).putInt(number).array();
    long unsigned = Integer.toUnsignedLong(number);
    boolean denied =
        DENIED.stream().anyMatch(range -> unsigned >= range[0] && unsigned <= range[1]);
    // Addresses of this machine are denied as well, and none of them is public in a test.
    if (policy.denied(address, 443) != denied) {
      throw new AssertionError(Long.toHexString(unsigned) + " should be denied: " + denied);
    }
  }

  private static long[] range(int a, int b, int c, int d, int bits) {
    long first = (long) a << 24 | b << 16 | c << 8 | d;
    return new long[] {first, first + (1L << (32 - bits)) - 1};
  }
}
