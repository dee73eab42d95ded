package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every address, port and allowed network. */
class NetworkPolicyPropertyTest {
  private static final int OWN_PORT = 8080;
  private final NetworkPolicy strict = new NetworkPolicy(List.of(), true, () -> OWN_PORT);

  @Provide
  Arbitrary<byte[]> addresses() {
    return Arbitraries.oneOf(anyOf(AddressOracle.IPV4), anyOf(AddressOracle.IPV6), denied());
  }

  @Provide
  Arbitrary<byte[]> denied() {
    return Arbitraries.of(AddressOracle.DENIED)
        .flatMap(
            range ->
                Arbitraries.bigIntegers()
                    .between(range.first(), range.last())
                    .map(number -> AddressOracle.bytes(range.bytes(), number)));
  }

  @Provide
  Arbitrary<byte[]> loopback() {
    return Arbitraries.oneOf(
        anyOf(AddressOracle.IPV4).map(address -> beginning(address, 127)),
        anyOf(AddressOracle.IPV6).map(address -> beginning(address, 0)));
  }

  private static Arbitrary<byte[]> anyOf(int bytes) {
    return Arbitraries.bytes().array(byte[].class).ofSize(bytes);
  }

  private static byte[] beginning(byte[] address, int first) {
    byte[] changed = address.clone();
    changed[0] = (byte) first;
    return changed;
  }

  @Property
  void anAddressOfADeniedRangeIsDeniedAtEveryPort(
      @ForAll("denied") byte[] address, @ForAll @IntRange(min = 1, max = 65_535) int port) {
    assertThat(strict.denied(address, port)).isTrue();
  }

  @Property
  void everyAddressHasTheVerdictOfTheTables(@ForAll("addresses") byte[] address) {
    assertThat(strict.denied(address, 443)).isEqualTo(AddressOracle.isDenied(address));
  }

  @Property
  void anAllowedNetworkLetsItsOwnAddressesThroughAndChangesNoOtherVerdict(
      @ForAll("denied") byte[] inside,
      @ForAll("addresses") byte[] other,
      @ForAll @IntRange(min = 1, max = 128) int prefix) {
    int bits = Math.min(prefix, inside.length * 8);
    String network = NetUtil.bytesToIpAddress(inside) + "/" + bits;
    NetworkPolicy policy = new NetworkPolicy(List.of(network), true, () -> OWN_PORT);

    assertThat(policy.denied(inside, 443)).isFalse();
    boolean within = other.length == inside.length && samePrefix(inside, other, bits);
    assertThat(policy.denied(other, 443)).isEqualTo(!within && AddressOracle.isDenied(other));
  }

  @Property
  void noAllowedNetworkLetsTheServicesOwnPortThrough(@ForAll("loopback") byte[] address) {
    NetworkPolicy open = new NetworkPolicy(List.of("0.0.0.0/0", "::/0"), true, () -> OWN_PORT);

    assertThat(open.denied(address, OWN_PORT)).isTrue();
    assertThat(open.denied(address, OWN_PORT + 1)).isFalse();
  }

  /** Bit by bit, unlike the product. */
  private static boolean samePrefix(byte[] one, byte[] other, int bits) {
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
