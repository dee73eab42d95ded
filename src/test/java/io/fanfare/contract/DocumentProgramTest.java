package io.fanfare.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.contract.DocumentProgram.Output;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of the API document run as they are printed. Here the service is a stand-in that
 * answers with the document's own examples: what fails here is the way we run them.
 */
@RequiresTool({"node", "python3"})
class DocumentProgramTest {
  private static final String SECRET = "密钥 your-webhook-secret-key";

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final JsonObject statistics = Document.example("get-stats.response");
  private Vertx vertx;
  private String baseUrl;

  @BeforeEach
  void startStandIn() throws Exception {
    vertx = Vertx.vertx();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  requests.add(request.method() + " " + request.uri());
                  boolean known = "Bearer token-1".equals(request.getHeader("Authorization"));
                  request
                      .response()
                      .setStatusCode(known ? 200 : 401)
                      .end(
                          known
                              ? answer(request.path()).encode()
                              : new JsonObject().put("message", "no such token").encode());
                });
    int port = server.listen(0, "127.0.0.1").await(20, SECONDS).actualPort();
    baseUrl = "http://127.0.0.1:" + port;
  }

  private JsonObject answer(String path) {
    if (path.endsWith("/stats")) {
      return statistics;
    }
    if (path.endsWith("/deliveries")) {
      return Document.example("list-deliveries.response");
    }
    if (path.endsWith("/test")) {
      return Document.example("test-webhook.response");
    }
    return Document.example("list-webhooks.response").put("webhook_id", "webhook_456");
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify.js", "verify.py", "receiver.js"})
  void theReceiversAcceptWhatIsSignedWithTheirSecretOnly(String program) throws Exception {
    byte[] body =
        Document.example("payload.build.completed").encode().getBytes(StandardCharsets.UTF_8);
    try (DocumentProgram receiver = DocumentProgram.startReceiver(program, SECRET)) {
      assertThat(post(receiver, body, sign(body, "another secret"))).isEqualTo(401);
      assertThat(post(receiver, body, sign(body, SECRET))).isEqualTo(200);
      String signature = sign(body, SECRET);
      body[body.length - 3] ^= 1;
      assertThat(post(receiver, body, signature)).isEqualTo(401);
    }
  }

  @Test
  void theHandlerKnowsTheSamplesOfTheDocument() throws Exception {
    byte[] body =
        Document.example("payload.build.failed").encode().getBytes(StandardCharsets.UTF_8);
    try (DocumentProgram receiver = DocumentProgram.startReceiver("receiver.js", SECRET)) {
      assertThat(post(receiver, body, sign(body, SECRET))).isEqualTo(200);
      assertThat(receiver.nextLine()).isEqualTo("Webhook 服务器运行在端口 3000");
      assertThat(receiver.nextLine()).isEqualTo("收到 Webhook 事件: build.failed");
      assertThat(receiver.nextLine()).isEqualTo("构建失败: build_124");
    }
  }

  @Test
  void theMonitorFindsAHealthyWebhookHealthy() throws Exception {
    Output output = DocumentProgram.runClient("monitor.js", baseUrl, "token-1");
    assertThat(output.exitCode()).isZero();
    assertThat(output.lines()).contains("- 成功率: 96.67%", "- 平均响应时间: 250ms");
    assertThat(output.text()).doesNotContain("sendAlert");
    assertThat(requests)
        .containsExactly("GET /api/webhooks", "GET /api/webhooks/webhook_456/stats?period=day");
  }

  @Test
  void theMonitorNamesTheFailuresOfAnUnhealthyWebhook() throws Exception {
    statistics.getJsonObject("overall_stats").put("success_rate", 90.5);
    Output output = DocumentProgram.runClient("monitor.js", baseUrl, "token-1");
    assertThat(output.exitCode()).isZero();
    assertThat(output.lines())
        .contains("- build.failed: HTTP 500: Internal Server Error")
        .anyMatch(line -> line.startsWith("sendAlert {\"type\":\"webhook_unhealthy\""));
    assertThat(requests)
        .contains("GET /api/webhooks/webhook_456/deliveries?status=failed&limit=10");
  }

  @Test
  void theTesterTestsEveryActiveWebhook() throws Exception {
    Output output = DocumentProgram.runClient("test-all.js", baseUrl, "token-1");
    assertThat(output.exitCode()).isZero();
    assertThat(output.lines()).contains("✅ 测试通过");
    assertThat(requests)
        .containsExactly("GET /api/webhooks?active=true", "POST /api/webhooks/webhook_456/test");
  }

  @Test
  void theCreatorShowsWhatTheServiceSaysAgainstIt() throws Exception {
    Output created = DocumentProgram.runClient("create-webhook.js", baseUrl, "token-1");
    assertThat(created.lines()).contains("Webhook 创建成功: webhook_456");
    Output refused = DocumentProgram.runClient("create-webhook.js", baseUrl, "token-2");
    assertThat(refused.lines()).contains("创建 Webhook 失败: no such token");
  }

  @Test
  @RequiresTool(value = "node", npm = "standardwebhooks")
  void theReferenceOfStandardWebhooksJudgesASignature() throws Exception {
    String timestamp = Long.toString(System.currentTimeMillis() / 1000);
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    String body = "{\"test\": 2432232314}";
    byte[] key = java.util.Base64.getDecoder().decode(secret.substring("whsec_".length()));
    byte[] mac = mac(("del_1." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8), key);
    JsonObject headers =
        new JsonObject()
            .put("webhook-id", "del_1")
            .put("webhook-timestamp", timestamp)
            .put("webhook-signature", "v1," + java.util.Base64.getEncoder().encodeToString(mac));
    JsonObject delivery =
        new JsonObject().put("secret", secret).put("headers", headers).put("body", body);
    assertThat(DocumentProgram.verifyStandardWebhook(delivery)).isEqualTo("verified");
    headers.put("webhook-id", "del_2");
    assertThat(DocumentProgram.verifyStandardWebhook(delivery)).isNotEqualTo("verified");
  }

  private static int post(DocumentProgram receiver, byte[] body, String signature)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(receiver.url())
            .header("Content-Type", "application/json")
            .header("X-Trae-Signature-256", signature)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String sign(byte[] body, String secret) throws Exception {
    return "sha256=" + HexFormat.of().formatHex(mac(body, secret.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] mac(byte[] message, byte[] key) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
