package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPolicyTest {
  private static final int OWN_PORT = 8080;
  private final NetworkPolicy strict = new NetworkPolicy(List.of(), true, () -> OWN_PORT);

  private static byte[] bytes(String address) {
    return NetUtil.createByteArrayFromIpAddressString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::ffff:169.254.169.254",
        "::ffff:0:808:808",
        "::7f00:1",
        "::5efe:7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void deniesWhatIsNotPublic(String address) {
    assertThat(strict.denied(bytes(address), 443)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.254", "100.128.0.1",
        "128.0.0.1", "172.15.255.255", "172.32.0.0", "192.88.98.255", "192.88.100.1",
            "223.255.255.255",
        "168.63.129.17", "2606:4700:4700::1111", "2001:200::1", "3fff:1000::1", "2003::1"
      })
  void letsPublicAddressesThrough(String address) {
    assertThat(strict.denied(bytes(address), 443)).isFalse();
  }

  @Test
  void deniesTheAddressesOfItsOwnInterfaces() throws Exception {
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : one.inetAddresses().toList()) {
        assertThat(strict.denied(address, 443)).as(address.toString()).isTrue();
      }
    }
  }

  @Test
  void letsAllowedNetworksThroughButNeverItsOwnPort() {
    NetworkPolicy policy =
        new NetworkPolicy(List.of("127.0.0.0/8", "::1/128", "10.1.0.0/16"), true, () -> OWN_PORT);

    assertThat(policy.denied(bytes("127.0.0.1"), 9999)).isFalse();
    assertThat(policy.denied(bytes("::1"), 9999)).isFalse();
    assertThat(policy.denied(bytes("10.1.255.255"), 443)).isFalse();
    assertThat(policy.denied(bytes("10.2.0.0"), 443)).isTrue();
    assertThat(policy.denied(bytes("127.0.0.1"), OWN_PORT)).isTrue();
    assertThat(policy.denied(bytes("127.9.9.9"), OWN_PORT)).isTrue();
    assertThat(policy.denied(bytes("::1"), OWN_PORT)).isTrue();
    assertThat(policy.denied(bytes("::ffff:127.0.0.1"), OWN_PORT)).isTrue();
    assertThat(policy.denied(bytes("10.1.0.1"), OWN_PORT)).isFalse();
  }
}
