package io.fanfare.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Addresses in spellings that only some library understands, and texts near them: what is admitted
 * is never an address that is denied, to nobody who might read it.
 */
class TargetUrlFuzzTest {
  private static final int TARGETS = 100_000;

  private final NetworkPolicy strict = new NetworkPolicy(List.of(), true, () -> 8080);
  private final SplittableRandom random = new SplittableRandom(19_830_101);
  private int literals;
  private int names;

  @Test
  void admitsNoSpellingOfADeniedAddress() {
    for (int i = 0; i < TARGETS; i++) {
      judge("http://" + disguised(Spelling.of(ipv4(), random)) + port() + "/");
    }
    report("ipv4");
    // Public addresses in their usual form, which are a few of them.
    assertThat(literals).isPositive();
    assertThat(names).isPositive();
  }

  @Test
  void admitsNoSpellingOfADeniedIpv6Address() throws UnknownHostException {
    for (int i = 0; i < TARGETS; i++) {
      judge("https://[" + spelled(ipv6()) + "]" + port() + "/");
    }
    report("ipv6");
    assertThat(literals).isPositive();
    assertThat(names).isZero();
  }

  private void report(String family) {
    System.out.printf(
        "targets.%s = %d, admitted as an address = %d, as a name = %d, wrongly = 0%n",
        family, TARGETS, literals, names);
  }

  private void judge(String url) {
    TargetUrl admitted;
    try {
      admitted = TargetUrl.admit(url, strict);
    } catch (TargetUrl.RefusedException refused) {
      return;
    }
    if (admitted.literal()) {
      literals++;
      if (AddressOracle.isDenied(admitted.addressBytes())) {
        throw new AssertionError(url + " is denied");
      }
      // It is the same address to the platform.
      assertThat(platform(admitted.host())).as(url).isEqualTo(admitted.addressBytes());
    } else {
      names++;
      Optional<byte[]> read = Spelling.read(admitted.host());
      assertThat(read.map(Arrays::toString)).as(url).isEmpty();
    }
  }

  private static byte[] platform(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      throw new AssertionError(literal, e);
    }
  }

  /** With one of the tricks that make a parser look elsewhere. */
  private String disguised(String host) {
    return switch (random.nextInt(16)) {
      case 0 -> host + "%00";
      case 1 -> "example.com@" + host;
      case 2 -> host + "\\@example.com";
      case 3 -> host.replace("1", "１").replace("7", "⑦");
      case 4 -> host.replace(".", "。");
      case 5 -> "[::ffff:" + host + "]";
      case 6 -> host + ".example.com";
      case 7 -> host + "\t";
      case 8 -> host.replace("1", "%31");
      case 9 -> "a." + host;
      default -> host;
    };
  }

  private String port() {
    return random.nextInt(3) == 0 ? ":" + (1_024 + random.nextInt(60_000)) : "";
  }

  private byte[] ipv4() {
    byte[] address = new byte[4];
    random.nextBytes(address);
    int[] privates = {0, 10, 127, 169, 172, 192, 198, 224};
    if (random.nextInt(2) == 0) {
      address[0] = (byte) privates[random.nextInt(privates.length)];
    }
    return address;
  }

  private byte[] ipv6() {
    byte[] address = new byte[16];
    random.nextBytes(address);
    // Zeros are what is abbreviated.
    for (int i = 0; i < 16; i += 2) {
      if (random.nextInt(3) > 0) {
        address[i] = 0;
        address[i + 1] = (byte) (random.nextInt(3) == 0 ? 1 : 0);
      }
    }
    String[] begins = {
      "2000", "2606", "2002", "20010db8", "fc00", "fe80", "0064ff9b", "00", "ff02"
    };
    byte[] begin = HexFormat.of().parseHex(begins[random.nextInt(begins.length)]);
    System.arraycopy(begin, 0, address, 0, begin.length);
    if (random.nextInt(4) == 0) {
      Arrays.fill(address, 0, 10, (byte) 0);
      byte mapped = (byte) (random.nextBoolean() ? 0xff : 0);
      address[10] = mapped;
      address[11] = mapped;
    }
    return address;
  }

  /** In full, abbreviated at some place, with an IPv4 address at its end, or broken. */
  private String spelled(byte[] address) throws UnknownHostException {
    StringBuilder text = new StringBuilder();
    int groups = random.nextInt(3) == 0 ? 6 : 8;
    int gap = random.nextInt(groups + 4);
    boolean gone = false;
    for (int i = 0; i < groups; i++) {
      int group = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
      if (group == 0 && !gone && i >= gap) {
        while (i < groups - 1 && address[2 * i + 2] == 0 && address[2 * i + 3] == 0) {
          i++;
        }
        text.append(text.length() == 0 || text.charAt(text.length() - 1) != ':' ? "::" : ":");
        gone = true;
      } else {
        text.append(random.nextInt(4) == 0 ? "%04x".formatted(group) : Integer.toHexString(group));
        text.append(i < 7 ? ":" : "");
      }
    }
    if (groups == 6) {
      byte[] last = Arrays.copyOfRange(address, 12, 16);
      text.append(
          random.nextInt(4) == 0
              ? Spelling.of(last, random)
              : InetAddress.getByAddress(last).getHostAddress());
    }
    String spelled = text.toString();
    return switch (random.nextInt(10)) {
      case 0 -> spelled.toUpperCase(java.util.Locale.ROOT);
      case 1 -> spelled + "%25eth0";
      case 2 -> spelled + "%1";
      case 3 -> "0" + spelled;
      default -> spelled;
    };
  }
}
