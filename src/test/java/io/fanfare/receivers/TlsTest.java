package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of receivers: a good one is accepted, and any other is a failed attempt. */
class TlsTest {
  private static final String REFUSED = "null TLS handshake failed";
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";

  @TempDir private static Path folder;

  private static FakeDns dns;
  private static TestFanfare fanfare;

  @BeforeAll
  static void start() throws Exception {
    dns = FakeDns.start();
    for (String name :
        List.of(
            "good.example",
            "other.example",
            "expired.example",
            "self.example",
            "a.wild.example",
            "a.b.wild.example",
            "wild.example")) {
      dns.name(name, "127.0.0.1");
    }
    TestCertificates certificates = new TestCertificates(folder);
    certificates.keyStore("good", "dns:good.example,ip:127.0.0.1");
    certificates.keyStore("authority", "dns:authority.example", "-ext", "bc=ca:true");
    certificates.keyStore("expired", "dns:expired.example");
    certificates.signedBy(
        "authority", "expired", "dns:expired.example", "-startdate", "-9d", "-validity", "3");
    certificates.keyStore("self", "dns:self.example");
    certificates.keyStore("wild", "dns:*.wild.example");
    // Whom an operator trusts is what Java trusts: javax.net.ssl.trustStore.
    System.setProperty(
        TRUST_STORE, certificates.trustStore("good", "wild", "authority").toString());
    fanfare =
        TestFanfare.start(
            new VertxOptions()
                .setEventLoopPoolSize(2)
                .setAddressResolverOptions(
                    new AddressResolverOptions()
                        .setServers(List.of(dns.server()))
                        .setSearchDomains(List.of())),
            Map.of());
  }

  @AfterAll
  static void stop() {
    System.clearProperty(TRUST_STORE);
    fanfare.close();
    dns.close();
  }

  @Test
  void aGoodCertificateIsAcceptedByTheNameOfTheUrl() throws Exception {
    HttpServer server = server("good");
    assertThat(test("https://good.example:" + server.actualPort() + "/"))
        .isEqualTo("200 null good.example");
    // The same over the same connection, and by an address that the certificate names.
    assertThat(test("https://good.example:" + server.actualPort() + "/"))
        .isEqualTo("200 null good.example");
    assertThat(test("https://127.0.0.1:" + server.actualPort() + "/")).startsWith("200 null");
  }

  @Test
  void aCertificateOfAnotherNameIsNot() throws Exception {
    assertThat(test("https://other.example:" + server("good").actualPort() + "/"))
        .isEqualTo(REFUSED);
  }

  @Test
  void anExpiredOneIsNot() throws Exception {
    assertThat(test("https://expired.example:" + server("expired").actualPort() + "/"))
        .isEqualTo(REFUSED);
  }

  @Test
  void oneThatNobodyVouchesForIsNot() throws Exception {
    assertThat(test("https://self.example:" + server("self").actualPort() + "/"))
        .isEqualTo(REFUSED);
  }

  @Test
  void aWildcardStandsForOneLabel() throws Exception {
    int port = server("wild").actualPort();
    assertThat(test("https://a.wild.example:" + port + "/")).isEqualTo("200 null a.wild.example");
    assertThat(test("https://a.b.wild.example:" + port + "/")).isEqualTo(REFUSED);
    assertThat(test("https://wild.example:" + port + "/")).isEqualTo(REFUSED);
  }

  @Test
  void aReceiverThatSpeaksAnOldVersionOnlyIsNot() throws Exception {
    // TLS 1.1, which RFC 8996 forbids: chosen by the server, and told by its alert.
    byte[] hello = bytes("16 0302 002a 02 000026 0302" + " 5a".repeat(32) + " 00 c013 00");
    byte[] alert = bytes("15 0301 0002 02 46");
    for (byte[] answer : List.of(hello, alert)) {
      assertThat(
              greeted(
                  exchange -> {
                    exchange.drop();
                    exchange.send(answer);
                    exchange.hang();
                  }))
          .isEqualTo(REFUSED);
    }
  }

  @Test
  void aHandshakeThatIsCutIsAFailedAttempt() throws Exception {
    assertThat(
            greeted(
                exchange -> {
                  exchange.drop();
                  exchange.close();
                }))
        .isEqualTo(REFUSED);
    assertThat(
            greeted(
                exchange -> {
                  exchange.drop();
                  exchange.reset();
                }))
        .isEqualTo(REFUSED);
  }

  @Test
  void aHandshakeThatHangsOrTricklesEndsAtTheDeadline() throws Exception {
    try (HostileReceiver hanging = HostileReceiver.start();
        HostileReceiver trickling = HostileReceiver.start()) {
      hanging.greet(HostileReceiver.Exchange::hang);
      trickling.greet(
          exchange -> {
            exchange.drop();
            exchange.send(bytes("16 0303 4000"));
            while (exchange.pause(Duration.ofMillis(20))) {
              exchange.send(new byte[1]);
            }
            exchange.hang();
          });
      Future<Tested> hung = startAt(hanging);
      Future<Tested> trickled = startAt(trickling);
      assertThat(TestFanfare.await(hung).outcome()).isEqualTo("null timeout after 1 s");
      assertThat(TestFanfare.await(trickled).outcome()).isEqualTo("null timeout after 1 s");
      // The attempt does not wait for the end of the handshake, which has a limit of its own.
      await().until(() -> hanging.open() + trickling.open() == 0);
    }
  }

  /** What an attempt meets where each connection is greeted so, instead of a handshake. */
  private static String greeted(HostileReceiver.Script script) throws Exception {
    try (HostileReceiver raw = HostileReceiver.start()) {
      raw.greet(script);
      String outcome = TestFanfare.await(startAt(raw)).outcome();
      await().until(() -> raw.open() == 0);
      return outcome;
    }
  }

  private static Future<Tested> startAt(HostileReceiver raw) throws TimeoutException {
    return Tested.start(
        fanfare, "https://good.example:" + raw.port() + "/", new JsonObject().put("timeout", 1));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void aReceiverWithoutTlsIsNot() throws Exception {
    try (HostileReceiver plain = HostileReceiver.start()) {
      plain.answer("/", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      JsonObject webhook =
          fanfare.webhook(
              "https://good.example:" + plain.port() + "/", new JsonObject().put("timeout", 1));
      assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome())
          .isIn(REFUSED, "null timeout after 1 s");
      assertThat(plain.requests("/")).isEmpty();
    }
  }

  @Test
  void aHandshakeThatFailsIsTriedAgain() throws Exception {
    JsonObject webhook =
        fanfare.webhook(
            "https://self.example:" + server("self").actualPort() + "/",
            new JsonObject()
                .put("project_id", "again")
                .put(
                    "retry_policy",
                    new JsonObject().put("max_attempts", 2).put("initial_delay", 1)));
    fanfare.publishFor("again");
    await().until(() -> recent(webhook).getString("status").equals("failed"));
    assertThat(recent(webhook).getInteger("attempts")).isEqualTo(2);
    assertThat(recent(webhook).getString("error")).isEqualTo("TLS handshake failed");
  }

  private static JsonObject recent(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")))
        .getJsonArray("recent_deliveries")
        .getJsonObject(0);
  }

  private static String test(String url) throws TimeoutException {
    Tested tested = Tested.of(fanfare, url);
    String body = tested.answer().getString("response_body");
    return body == null ? tested.outcome() : tested.outcome() + " " + body;
  }

  /** Answers with the name that the client asked for (RFC 6066, section 3). */
  private static HttpServer server(String alias) throws TimeoutException {
    return await(
        fanfare
            .vertx()
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setSni(true)
                    .setKeyCertOptions(
                        new PfxOptions()
                            .setPath(folder.resolve(alias + ".p12").toString())
                            .setPassword(TestCertificates.PASSWORD)))
            .requestHandler(
                request -> request.response().end("" + request.connection().indicatedServerName()))
            .listen(0, "127.0.0.1"));
  }
}
