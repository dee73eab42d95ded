package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;

import io.fanfare.TestFanfare;
import io.netty.util.NetUtil;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/**
 * A whole service that is asked to deliver to private addresses, in a network where each of them is
 * this machine: {@link CanaryTest} starts it there. Ends with 0 when nothing was dialled but what
 * is public.
 */
final class CanaryRun {
  private static final String DENIED = "target address is not allowed";
  private static final List<String> PUBLIC = List.of("93.184.216.34", "2606:4700:4700::1111");
  private static final Map<String, Integer> PRIVATE =
      Map.ofEntries(
          Map.entry("0.0.0.0", 8),
          Map.entry("10.0.0.0", 8),
          Map.entry("100.64.0.0", 10),
          Map.entry("127.0.0.0", 8),
          Map.entry("169.254.0.0", 16),
          Map.entry("172.16.0.0", 12),
          Map.entry("192.168.0.0", 16),
          Map.entry("198.18.0.0", 15),
          Map.entry("::1", 128),
          Map.entry("::ffff:127.0.0.0", 104),
          Map.entry("fc00::", 7),
          Map.entry("fe80::", 10),
          Map.entry("64:ff9b::", 96),
          Map.entry("2002::", 16));
  private static final int EACH = 8;

  private final SplittableRandom random;
  private final List<String> dialled = new CopyOnWriteArrayList<>();

  private CanaryRun(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Runs it; the argument is the seed. */
  public static void main(String[] arguments) throws Exception {
    List<String> faults = new CanaryRun(Long.parseLong(arguments[0])).run();
    faults.forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "nothing private was dialled" : "seed " + arguments[0]);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private List<String> run() throws Exception {
    List<String> faults = new ArrayList<>();
    try (ServerSocket canary = new ServerSocket(0);
        FakeDns dns = FakeDns.start();
        TestFanfare fanfare =
            TestFanfare.start(
                new VertxOptions()
                    .setEventLoopPoolSize(2)
                    .setAddressResolverOptions(
                        new AddressResolverOptions()
                            .setServers(List.of(dns.server()))
                            .setSearchDomains(List.of())),
                Map.of("FANFARE_DELIVERY_ALLOWED_NETWORKS", ""))) {
      Thread listening = new Thread(() -> listen(canary), "canary");
      listening.setDaemon(true);
      listening.start();
      int number = 0;
      for (Map.Entry<String, Integer> network : PRIVATE.entrySet()) {
        for (int i = 0; i < EACH; i++) {
          String address = within(network.getKey(), network.getValue());
          String name = "n" + number++ + ".example";
          dns.name(name, address);
          String error = test(fanfare, name, canary.getLocalPort());
          if (!DENIED.equals(error)) {
            faults.add(address + ": " + error);
          }
        }
      }
      dialled.forEach(address -> faults.add("dialled " + address));
      for (String address : PUBLIC) {
        String name = "p" + number++ + ".example";
        dns.name(name, address);
        String error = test(fanfare, name, canary.getLocalPort());
        if (error != null || dialled.size() != PUBLIC.indexOf(address) + 1) {
          faults.add("public " + address + " was not reached: " + error);
        }
      }
    }
    return faults;
  }

  private void listen(ServerSocket canary) {
    byte[] answer =
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    while (true) {
      try (Socket socket = canary.accept()) {
        dialled.add(socket.getLocalAddress().getHostAddress());
        // The head and the body of a test are one segment.
        if (socket.getInputStream().read(new byte[64 << 10]) > 0) {
          socket.getOutputStream().write(answer);
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** A random address of a network. */
  private String within(String network, int bits) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(network);
    for (int bit = bits; bit < address.length * 8; bit++) {
      if (random.nextBoolean()) {
        address[bit / 8] = (byte) (address[bit / 8] ^ (0x80 >> (bit % 8)));
      }
    }
    return NetUtil.bytesToIpAddress(address);
  }

  private static String test(TestFanfare fanfare, String name, int port) throws TimeoutException {
    JsonObject webhook =
        fanfare.webhook("http://" + name + ":" + port + "/", new JsonObject().put("timeout", 2));
    return await(Tested.again(fanfare, webhook)).answer().getString("error");
  }
}
