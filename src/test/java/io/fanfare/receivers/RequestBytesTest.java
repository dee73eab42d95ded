package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.standardwebhooks.Webhook;
import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Request;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The request of an attempt, byte for byte. */
class RequestBytesTest {
  private static final String SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  // Of RFC 8259's freedoms those that encoders like to tidy up.
  private static final String DATA =
      "{ \"z\":1,\"a\" :[1.10,-0,1E400,12345678901234567890.10],\t\"s\":\"\\u0000\\/\\ud800 构建✅\" }";

  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128"));
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void isExactlyThis() throws Exception {
    JsonObject webhook =
        fanfare.webhook(
            receiver.url("/hook/a%2Fb?x=1&y=%20"),
            new JsonObject()
                .put("project_id", "exact")
                .put("secret", SECRET)
                .put(
                    "headers",
                    new JsonObject()
                        .put("Authorization", "Bearer \t~x")
                        .put("X-Custom-Header", "custom value")
                        .put("x-empty", "")));
    String event = publish(fanfare, "exact");

    Request request = awaitRequests("/hook/a%2Fb?x=1&y=%20", 1).get(0);
    String id = deliveryId(event);
    String seconds = request.header("x-trae-timestamp");
    assertThat(Long.parseLong(seconds))
        .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(30L));
    String timestamp = await(fanfare.client().get("/api/events/" + event)).getString("timestamp");
    assertThat(request.bodyText())
        .isEqualTo(
            "{\"event\":\"build.failed\",\"timestamp\":\"%s\",\"webhook_id\":\"%s\",\"delivery_id\":\"%s\",\"data\":%s}"
                .formatted(timestamp, webhook.getString("webhook_id"), id, DATA));
    assertThat(request.head().lines().findFirst()).contains("POST /hook/a%2Fb?x=1&y=%20 HTTP/1.1");
    assertThat(request.headerLines())
        .containsExactlyInAnyOrder(
            "Authorization: Bearer \t~x",
            "X-Custom-Header: custom value",
            "x-empty: ",
            "content-type: application/json",
            "user-agent: Trae-Webhooks/1.0",
            "X-Trae-Event: build.failed",
            "X-Trae-Delivery: " + id,
            "X-Trae-Webhook-ID: " + webhook.getString("webhook_id"),
            "X-Trae-Timestamp: " + seconds,
            "X-Trae-Signature-256: sha256=" + hmac(SECRET, request.body().getBytes()),
            "webhook-id: " + id,
            "webhook-timestamp: " + seconds,
            "webhook-signature: " + request.header("webhook-signature"),
            "content-length: " + request.body().length(),
            "host: 127.0.0.1:" + receiver.port());
    new Webhook(SECRET)
        .verify(
            request.bodyText(),
            HttpHeaders.of(
                Map.of(
                    "webhook-id", List.of(request.header("webhook-id")),
                    "webhook-timestamp", List.of(seconds),
                    "webhook-signature", List.of(request.header("webhook-signature"))),
                (name, value) -> true));
  }

  @Test
  void everyAttemptHasTheSameBodyAndIdAndATimestampOfItsOwn() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    receiver.on(
        "/thrice",
        exchange ->
            exchange.send(
                "HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n"
                    .formatted(attempts.incrementAndGet() < 3 ? 500 : 200)));
    fanfare.webhook(
        receiver.url("/thrice"),
        new JsonObject()
            .put("project_id", "thrice")
            .put(
                "retry_policy",
                new JsonObject().put("backoff_strategy", "fixed").put("initial_delay", 1_000)));
    publish(fanfare, "thrice");
    List<Request> requests = awaitRequests("/thrice", 3);
    assertThat(requests.stream().map(Request::bodyText).distinct()).hasSize(1);
    assertThat(requests.stream().map(r -> r.header("x-trae-delivery")).distinct()).hasSize(1);
    assertThat(requests.stream().map(r -> r.header("x-trae-signature-256")).distinct()).hasSize(1);
    assertThat(requests.stream().map(r -> r.header("x-trae-timestamp")).distinct()).hasSize(3);
    assertThat(requests.stream().map(r -> r.header("webhook-signature")).distinct()).hasSize(3);
    for (Request request : requests) {
      assertThat(request.header("webhook-timestamp")).isEqualTo(request.header("x-trae-timestamp"));
    }
  }

  @Test
  void hostIsTheUrlsAndANamesPortOnlyWhereTheSchemeDoesNotImplyIt() throws Exception {
    JsonObject named =
        fanfare.webhook(
            "http://LocalHost:" + receiver.port() + "/named",
            new JsonObject().put("project_id", "named"));
    assertThat(TestFanfare.await(Tested.again(fanfare, named)).outcome()).isEqualTo("200 null");
    assertThat(receiver.requests("/named").get(0).header("host"))
        .isEqualTo("localhost:" + receiver.port());
  }

  @Test
  void hostOfAnIpv6AddressHasBrackets() throws Exception {
    assumeTrue(
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
        "this machine has no IPv6 loopback");
    try (HostileReceiver six = HostileReceiver.start("::1")) {
      JsonObject webhook =
          fanfare.webhook(
              "http://[::1]:" + six.port() + "/six", new JsonObject().put("project_id", "six"));
      assertThat(TestFanfare.await(Tested.again(fanfare, webhook)).outcome()).isEqualTo("200 null");
      assertThat(six.requests("/six").get(0).header("host")).isEqualTo("[::1]:" + six.port());
    }
  }

  @Test
  void namesAreConfigurable() throws Exception {
    try (TestFanfare own =
        TestFanfare.start(
            Map.of(
                "FANFARE_DELIVERY_HEADER_PREFIX", "X-Acme-",
                "FANFARE_DELIVERY_USER_AGENT", "Acme Hooks/2"))) {
      JsonObject webhook = own.webhook(receiver.url("/own"), new JsonObject());
      TestFanfare.await(Tested.again(own, webhook));
      Request request = receiver.requests("/own").get(0);
      assertThat(request.header("user-agent")).isEqualTo("Acme Hooks/2");
      assertThat(
              request.headerLines().stream()
                  .filter(line -> line.startsWith("X-"))
                  .map(line -> line.substring(0, line.indexOf(':'))))
          .containsExactlyInAnyOrder(
              "X-Acme-Event",
              "X-Acme-Delivery",
              "X-Acme-Webhook-ID",
              "X-Acme-Timestamp",
              "X-Acme-Signature-256");
    }
  }

  private static String publish(TestFanfare to, String project) throws TimeoutException {
    return await(
            to.client()
                .post(
                    "/api/events",
                    Buffer.buffer(
                        "{\"event\":\"build.failed\",\"project_id\":\"%s\",\"data\":%s}"
                            .formatted(project, DATA))))
        .getString("event_id");
  }

  private static String deliveryId(String event) throws TimeoutException {
    return await(fanfare.client().get("/api/events/" + event))
        .getJsonArray("deliveries")
        .getJsonObject(0)
        .getString("delivery_id");
  }

  private static List<Request> awaitRequests(String path, int n) {
    await().until(() -> receiver.requests(path).size() == n);
    return receiver.requests(path);
  }

  private static String hmac(String key, byte[] body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }
}
