package io.fanfare.receivers;

import io.fanfare.receivers.FakeDns.Answer;
import io.fanfare.webhook.AddressOracle;
import io.fanfare.webhook.AddressOracle.Range;
import io.netty.util.NetUtil;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names that resolve to what must not be dialled, to another address with every query: by their
 * begin alone, beside a public one, or by turns with one.
 */
final class DeniedNames {
  static final String PUBLIC_IPV4 = "93.184.216.34";
  static final String PUBLIC_IPV6 = "2606:4700:4700::1111";

  /** Begins of names whose deliveries are all refused. */
  static final List<String> REFUSED =
      List.of("denied", "disguised", "before", "behind", "other-family");

  /** Begin of names that are public in every second look-up. */
  static final String BY_TURNS = "by-turns";

  private static final List<String> DISGUISES =
      List.of(
          "00000000000000000000ffff%s", // mapped
          "000000000000000000000000%s", // compatible
          "0000000000000000ffff0000%s", // translated (SIIT)
          "0064ff9b0000000000000000%s", // NAT64
          "0064ff9b0001000000000000%s", // local NAT64
          "2002%s00000000000000000001", // 6to4
          "20010000%s0000000000000000", // Teredo
          "fe8000000000000000005efe%s"); // ISATAP

  private final SplittableRandom random;
  private final AtomicLong asked = new AtomicLong();

  DeniedNames(SplittableRandom random) {
    this.random = random;
  }

  /** How many queries were answered. */
  long asked() {
    return asked.get();
  }

  /** What such names resolve to, by their begin. */
  FakeDns.Zone zone(String begin) {
    AtomicLong turn = new AtomicLong();
    return ipv6 -> {
      asked.incrementAndGet();
      String denied = any(ipv6 ? AddressOracle.IPV6 : AddressOracle.IPV4);
      String open = ipv6 ? PUBLIC_IPV6 : PUBLIC_IPV4;
      return switch (begin) {
        case "denied" -> Answer.of(denied);
        case "disguised" -> ipv6 ? Answer.of(disguised()) : Answer.of();
        case "before" -> Answer.of(denied, open);
        case "behind" -> Answer.of(open, open, denied);
        case "other-family" -> Answer.of(ipv6 ? denied : open);
        case BY_TURNS ->
            ipv6 ? Answer.of() : Answer.of(turn.getAndIncrement() % 2 == 0 ? open : denied);
        default -> throw new IllegalArgumentException(begin);
      };
    };
  }

  /** A denied address of a family. */
  private synchronized String any(int bytes) {
    List<Range> ranges =
        AddressOracle.DENIED.stream().filter(range -> range.bytes() == bytes).toList();
    return NetUtil.bytesToIpAddress(ranges.get(random.nextInt(ranges.size())).any(random));
  }

  private synchronized String disguised() {
    String disguise = DISGUISES.get(random.nextInt(DISGUISES.size()));
    byte[] carried = NetUtil.createByteArrayFromIpAddressString(any(AddressOracle.IPV4));
    return NetUtil.bytesToIpAddress(
        HexFormat.of().parseHex(disguise.formatted(HexFormat.of().formatHex(carried))));
  }
}
