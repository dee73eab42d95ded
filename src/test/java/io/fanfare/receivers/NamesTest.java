package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fanfare.TestFanfare;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of receivers: what they resolve to is judged at every attempt, each address of it. */
class NamesTest {
  private static final String DENIED = "null target address is not allowed";
  private static final String UNKNOWN = "null DNS lookup of %s failed";

  private static FakeDns dns;
  private static TestFanfare fanfare;
  private static HostileReceiver receiver;
  private static HostileReceiver canary;
  private static int number;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    dns = FakeDns.start();
    fanfare =
        TestFanfare.start(
            new VertxOptions()
                .setEventLoopPoolSize(2)
                .setAddressResolverOptions(
                    new AddressResolverOptions()
                        .setServers(List.of(dns.server()))
                        .setSearchDomains(List.of())
                        .setCacheMaxTimeToLive(0)
                        .setCacheNegativeTimeToLive(0)
                        .setQueryTimeout(500)
                        .setMaxQueries(4)),
            Map.of("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.1/32,127.0.0.3/32"));
    receiver = HostileReceiver.start();
    canary = HostileReceiver.start("127.0.0.2");
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    canary.close();
    fanfare.close();
    dns.close();
  }

  @Test
  void anAllowedAddressIsReachedByItsName() throws Exception {
    dns.name("good.example", "127.0.0.1");
    assertThat(test("good.example", receiver.port())).isEqualTo("200 null");
    assertThat(receiver.requests("/").stream().map(request -> request.header("host")))
        .contains("good.example:" + receiver.port());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.2",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.2",
        "fd00::1",
        "64:ff9b::7f00:2"
      })
  void aNameOfAPrivateAddressIsDenied(String address) throws Exception {
    dns.name("private.example", address);
    assertThat(test("private.example", canary.port())).isEqualTo(DENIED);
    assertThat(canary.connections()).isZero();
  }

  @Test
  void oneDeniedAddressAmongAllowedOnesDeniesTheName() throws Exception {
    dns.name("mixed.example", "127.0.0.1", "127.0.0.2");
    assertThat(test("mixed.example", receiver.port())).isEqualTo(DENIED);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, ::1",
    "127.0.0.1, fd00::1",
    "127.0.0.1, 64:ff9b::a9fe:a9fe",
    "10.0.0.1, 2606:4700:4700::1111"
  })
  void oneDeniedAddressOfEitherFamilyDeniesTheName(String ipv4, String ipv6) throws Exception {
    assumeTrue(speaksIpv6(), "this machine has no IPv6 address, so it asks for none");
    String name = "both-" + ++number + ".example";
    dns.name(name, ipv4, ipv6);
    for (int i = 0; i < 3; i++) {
      assertThat(test(name, receiver.port())).as("attempt %d", i).isEqualTo(DENIED);
    }
  }

  @Test
  void aFamilyThatIsNotAnsweredDoesNotKeepTheOtherFromBeingDialled() throws Exception {
    for (FakeDns.Answer other :
        List.of(
            FakeDns.Answer.failing(DnsResponseCode.SERVFAIL),
            FakeDns.Answer.of(),
            FakeDns.Answer.none())) {
      String name = "half-" + ++number + ".example";
      dns.on(name, ipv6 -> ipv6 ? other : FakeDns.Answer.of("127.0.0.1"));
      assertThat(test(name, receiver.port())).as(other.toString()).isEqualTo("200 null");
    }
  }

  @Test
  void aNameThatChangesBetweenTheLookUpAndTheDialIsDialledAsItWasJudged() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    dns.on(
        "rebound.example",
        ipv6 ->
            ipv6
                ? FakeDns.Answer.of()
                : FakeDns.Answer.of(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
    JsonObject webhook = webhook("rebound.example", receiver.port());
    assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo("200 null");
    assertThat(asked).hasValue(1);
    assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo(DENIED);
  }

  @Test
  void aNameThatFlipsWithEveryQueryNeverReachesWhatIsDenied() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    dns.on(
        "flipping.example",
        ipv6 ->
            ipv6
                ? FakeDns.Answer.of()
                : FakeDns.Answer.of(asked.getAndIncrement() % 2 == 0 ? "127.0.0.1" : "127.0.0.2"));
    JsonObject webhook = webhook("flipping.example", canary.port());
    for (int i = 0; i < 40; i++) {
      assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome())
          .isIn("null connection refused", DENIED);
    }
    assertThat(canary.connections()).isZero();
  }

  @Test
  void aNameThatMovesTakesTheNextAttemptWithIt() throws Exception {
    try (HostileReceiver moved = HostileReceiver.start("127.0.0.3", receiver.port())) {
      moved.answer("/", "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");
      dns.name("relocated.example", "127.0.0.1");
      JsonObject webhook = webhook("relocated.example", receiver.port());
      assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo("200 null");
      // The connection to where it was is idle and alive, and is not taken.
      dns.name("relocated.example", "127.0.0.3");
      assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo("201 null");
      assertThat(moved.requests("/").get(0).header("host"))
          .isEqualTo("relocated.example:" + receiver.port());
    }
  }

  @Test
  void aNameThatMovesIsJudgedAgainAndFollowed() throws Exception {
    dns.name("moving.example", "127.0.0.1");
    JsonObject webhook = webhook("moving.example", canary.port());
    assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome())
        .isEqualTo("null connection refused");
    dns.name("moving.example", "127.0.0.2");
    assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo(DENIED);
    assertThat(canary.connections()).isZero();
  }

  @Test
  void aNameOfTheServiceItselfIsDenied() throws Exception {
    dns.name("self.example", "127.0.0.1");
    assertThat(test("self.example", fanfare.port())).isEqualTo(DENIED);
  }

  @Test
  void aDeniedTargetIsNotTriedAgain() throws Exception {
    dns.name("never.example", "10.0.0.1");
    JsonObject webhook =
        fanfare.webhook("http://never.example/", new JsonObject().put("project_id", "never"));
    fanfare.publishFor("never");
    await().until(() -> stats(webhook).getInteger("failed_deliveries") == 1);
    assertThat(last(webhook).getString("error")).isEqualTo("target address is not allowed");
    assertThat(last(webhook).getInteger("attempts")).isEqualTo(1);
  }

  @Test
  void aLookUpThatFailsIsTriedAgainAndDoesNotOpenTheCircuit() throws Exception {
    dns.fails("lost.example", DnsResponseCode.SERVFAIL);
    JsonObject webhook =
        fanfare.webhook(
            "http://lost.example:" + receiver.port() + "/lost",
            new JsonObject()
                .put("project_id", "lost")
                .put(
                    "retry_policy",
                    new JsonObject()
                        .put("max_attempts", 20)
                        .put("backoff_strategy", "fixed")
                        .put("initial_delay", 1)
                        .put("max_delay", 1)));
    fanfare.publishFor("lost");
    await().until(() -> last(webhook).getInteger("attempts") >= 11);
    assertThat(read(webhook).getJsonObject("circuit").getString("state")).isEqualTo("closed");
  }

  @Test
  void whatDnsDoesNotKnowOrNotSayIsADnsFailure() throws Exception {
    dns.fails("servfail.example", DnsResponseCode.SERVFAIL);
    dns.fails("refused.example", DnsResponseCode.REFUSED);
    dns.name("empty.example");
    for (String name :
        List.of("nx.example", "servfail.example", "refused.example", "empty.example")) {
      assertThat(test(name, receiver.port())).as(name).isEqualTo(UNKNOWN.formatted(name));
    }
  }

  @Test
  void aSilentServerIsWithinTheDeadline() throws Exception {
    dns.silent("silent.example");
    JsonObject webhook =
        fanfare.webhook(
            "http://silent.example/",
            new JsonObject().put("project_id", "silent").put("timeout", 1));
    Tested tested = TestFanfare.await(Tested.again(fanfare, webhook));
    assertThat(tested.outcome())
        .isIn("null timeout after 1 s", UNKNOWN.formatted("silent.example"));
    assertThat(tested.millis()).isLessThan(1_500);
  }

  /** Whether look-ups ask for IPv6 addresses: where an interface has one that leads somewhere. */
  private static boolean speaksIpv6() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(
            address ->
                address instanceof Inet6Address
                    && !address.isLoopbackAddress()
                    && !address.isLinkLocalAddress());
  }

  private static JsonObject webhook(String host, int port) throws TimeoutException {
    return fanfare.webhook(
        "http://" + host + ":" + port + "/", new JsonObject().put("project_id", "tested"));
  }

  private static String test(String host, int port) throws TimeoutException {
    return TestFanfare.await(Tested.again(fanfare, webhook(host, port))).outcome();
  }

  private static JsonObject last(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonArray("recent_deliveries").getJsonObject(0);
  }

  private static JsonObject stats(JsonObject webhook) throws TimeoutException {
    return read(webhook).getJsonObject("stats");
  }

  private static JsonObject read(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")));
  }
}
