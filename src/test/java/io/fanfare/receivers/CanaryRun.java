package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.database.TestDatabase;
import io.fanfare.webhook.AddressOracle;
import io.fanfare.webhook.AddressOracle.Range;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * A whole service that is asked to deliver to private addresses, in a network where each of them is
 * this machine: {@link CanaryTest} starts it there. Ends with 0 when nothing was dialled but what
 * is public.
 */
final class CanaryRun {
  /** An address of an interface that is in no list of denied ones. */
  static final String OWN_ADDRESS = "93.184.217.1";

  private static final String DENIED = "target address is not allowed";
  private static final int NAMES_EACH = 35;
  private static final int EVENTS = 50;
  private static final int CONTROLS_EACH = 3;
  private static final String ENDED =
      """
      select w.name, d.status::text, d.response_code, d.error, d.attempts, count(*)
      from delivery d
      join webhook w on w.number = d.webhook
      where not d.test and d.status <> 'pending'
      group by 1, 2, 3, 4, 5
      """;

  private final List<String> faults = new ArrayList<>();
  private final String database = TestDatabase.url();
  private final SplittableRandom random;
  private final DeniedNames names;
  private final Canary canary;
  private final FakeDns dns;
  private TestFanfare fanfare;
  private int reachedBefore;

  private CanaryRun(long seed, Canary canary, FakeDns dns) {
    this.random = new SplittableRandom(seed);
    this.names = new DeniedNames(random.split());
    this.canary = canary;
    this.dns = dns;
  }

  /** Runs it; the argument is the seed. */
  public static void main(String[] arguments) throws Exception {
    List<String> faults;
    try (Canary canary = Canary.start();
        FakeDns dns = FakeDns.start()) {
      CanaryRun run = new CanaryRun(Long.parseLong(arguments[0]), canary, dns);
      run.run();
      faults = run.faults;
    }
    faults.stream().limit(100).forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "nothing private was dialled" : "seed " + arguments[0]);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    dialEverythingDenied();
    try (TestFanfare started =
        TestFanfare.start(
            database,
            new VertxOptions()
                .setEventLoopPoolSize(2)
                .setAddressResolverOptions(
                    new AddressResolverOptions()
                        .setServers(List.of(dns.server()))
                        .setCacheMaxTimeToLive(0)
                        .setCacheNegativeTimeToLive(0)),
            Map.of(
                "FANFARE_DELIVERY_ALLOWED_NETWORKS",
                "",
                // No more queries at once than a small DNS server takes.
                "FANFARE_DELIVERY_IN_FLIGHT_MAX",
                "64"))) {
      fanfare = started;
      deliverToNames();
      refuseOwnAddress();
      followNoRedirect();
    }
  }

  /** Without a service: proves that the canary would have been reached. */
  private void dialEverythingDenied() throws IOException {
    int dialled = 0;
    for (Range range : AddressOracle.DENIED) {
      for (int i = 0; i < CONTROLS_EACH; i++) {
        InetAddress address = InetAddress.getByAddress(range.any(random));
        if (isDiallable(address)) {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, canary.port()), 2_000);
          }
          dialled++;
        }
      }
    }
    int expected = dialled;
    await().until(() -> canary.reached().size() == expected);
    reachedBefore = expected;
    System.out.printf("canary.controls = %d%n", expected);
  }

  /** No system dials a group, everybody, or a neighbour on a link that is not named. */
  private static boolean isDiallable(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean everybody = bytes.length == AddressOracle.IPV4 && (bytes[0] & 0xff) == 0xff;
    boolean neighbour = address instanceof Inet6Address && address.isLinkLocalAddress();
    return !address.isMulticastAddress()
        && !address.isAnyLocalAddress()
        && !everybody
        && !neighbour;
  }

  private void deliverToNames() throws Exception {
    List<Future<?>> made = new ArrayList<>();
    List<String> begins = new ArrayList<>(DeniedNames.REFUSED);
    begins.add(DeniedNames.BY_TURNS);
    for (String begin : begins) {
      for (int i = 0; i < NAMES_EACH; i++) {
        String name = begin + "-" + i + ".example";
        dns.on(name, names.zone(begin));
        made.add(fanfare.client().post("/api/webhooks", webhook(begin, name, "/")));
      }
    }
    await(Future.all(made));
    JsonObject event = new JsonObject().put("event", "build.started").put("data", new JsonObject());
    JsonArray events = new JsonArray(IntStream.range(0, EVENTS).mapToObj(i -> event).toList());
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));

    int deliveries = made.size() * EVENTS;
    Map<String, Long> ended = new TreeMap<>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              ended.clear();
              ended.putAll(ended());
              return ended.values().stream().mapToLong(n -> n).sum() == deliveries;
            });
    String refused = " failed null " + DENIED + " 1";
    String accepted = DeniedNames.BY_TURNS + " success 200 null 1";
    ended.forEach(
        (met, count) -> {
          if (!met.endsWith(refused) && !met.equals(accepted)) {
            faults.add(count + " deliveries: " + met);
          }
        });
    for (String begin : DeniedNames.REFUSED) {
      if (ended.getOrDefault(begin + refused, 0L) != (long) NAMES_EACH * EVENTS) {
        faults.add(begin + " was not refused every time: " + ended);
      }
    }
    // Both happen by turns, or nothing was shown of it.
    long public200 = ended.getOrDefault(accepted, 0L);
    if (public200 == 0 || !ended.containsKey(DeniedNames.BY_TURNS + refused)) {
      faults.add("the names by turns did not turn: " + ended);
    }
    long privateDials = reachedNow().stream().filter(CanaryRun::isDenied).count();
    if (privateDials > 0 || reachedNow().size() < public200) {
      faults.add("reached by " + reachedNow().stream().distinct().toList());
    }
    System.out.printf(
        "canary.attempts = %d, canary.queries = %d, canary.public_dials = %d, canary.private_dials"
            + " = %d%n",
        deliveries, names.asked(), reachedNow().size() - privateDials, privateDials);
  }

  private Map<String, Long> ended() throws TimeoutException {
    PgConnection connection = await(PgConnection.connect(fanfare.vertx(), database));
    Map<String, Long> ended = new TreeMap<>();
    for (Row row : await(connection.query(ENDED).execute())) {
      ended.put(
          "%s %s %s %s %d"
              .formatted(
                  row.getString(0),
                  row.getString(1),
                  row.getInteger(2),
                  row.getString(3),
                  row.getInteger(4)),
          row.getLong(5));
    }
    await(connection.close());
    return ended;
  }

  private void refuseOwnAddress() throws TimeoutException {
    dns.name("own.example", OWN_ADDRESS);
    int before = reachedNow().size();
    if (!test("own.example", "/").outcome().equals("null " + DENIED)
        || reachedNow().size() != before) {
      faults.add("an address of an own interface was dialled");
    }
  }

  private void followNoRedirect() throws TimeoutException {
    for (String address : List.of(DeniedNames.PUBLIC_IPV4, DeniedNames.PUBLIC_IPV6)) {
      String name = "public-" + address.length() + ".example";
      dns.name(name, address);
      for (int status : new int[] {301, 302, 303, 307, 308}) {
        int before = reachedNow().size();
        Tested tested = test(name, "/redirect/" + status);
        List<InetAddress> since = reachedNow().subList(before, reachedNow().size());
        if (tested.answer().getInteger("response_code", 0) != status
            || since.size() != 1
            || isDenied(since.get(0))) {
          faults.add(status + " from " + address + ": " + tested.outcome() + ", reached " + since);
        }
      }
    }
  }

  private Tested test(String name, String path) throws TimeoutException {
    JsonObject webhook = await(fanfare.client().post("/api/webhooks", webhook(name, name, path)));
    return await(Tested.again(fanfare, webhook));
  }

  private JsonObject webhook(String label, String host, String path) {
    return new JsonObject()
        .put("name", label)
        .put("url", "http://" + host + ":" + canary.port() + path)
        .put("events", new JsonArray().add("build.*"))
        .put("timeout", 10)
        .put("retry_policy", new JsonObject().put("max_attempts", 1));
  }

  /** By which addresses the canary was reached since the controls. */
  private List<InetAddress> reachedNow() {
    List<InetAddress> all = canary.reached();
    return all.subList(reachedBefore, all.size());
  }

  private static boolean isDenied(InetAddress address) {
    return AddressOracle.isDenied(address.getAddress());
  }
}
