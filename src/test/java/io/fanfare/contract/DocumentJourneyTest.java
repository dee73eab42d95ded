package io.fanfare.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.DocumentProgram.Output;
import io.fanfare.event.EventType;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of the API document, as they are printed, work with the service. Each test has a
 * project of its own, and the programs a key of that project: they see nothing else.
 */
@RequiresTool({"node", "python3"})
class DocumentJourneyTest {
  private static final String SECRET = "your-webhook-secret-key 密钥";

  private static TestFanfare fanfare;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify.js", "verify.py", "receiver.js"})
  void theReceiversAcceptEverySampleEvent(String program) throws Exception {
    try (DocumentProgram receiver = DocumentProgram.startReceiver(program, SECRET)) {
      JsonObject webhook =
          fanfare.webhook(receiver.url().toString(), project(program).put("secret", SECRET));
      for (EventType type : EventType.all()) {
        JsonObject event = type.sample().put("project_id", program);
        TestFanfare.await(fanfare.client().post("/api/events", event));
      }
      await().until(() -> successful(webhook) == EventType.all().size());
    }
  }

  @Test
  void aReceiverWithAnotherSecretRefusesEverything() throws Exception {
    try (DocumentProgram receiver = DocumentProgram.startReceiver("verify.py", "another secret")) {
      JsonObject webhook =
          fanfare.webhook(receiver.url().toString(), project("other").put("secret", SECRET));
      JsonObject tested =
          TestFanfare.await(
              fanfare
                  .client()
                  .post(
                      "/api/webhooks/" + webhook.getString("webhook_id") + "/test",
                      new JsonObject()));
      assertThat(tested.getString("error")).isEqualTo("HTTP 401: Unauthorized");
    }
  }

  @Test
  void theCreatorTheTesterAndTheMonitorGetAlong() throws Exception {
    // The project that the program names.
    Output created = client("create-webhook.js", "proj_123");
    assertThat(created.text()).contains("Webhook 创建成功: webhook_").contains("订阅事件:");
    JsonObject listed =
        TestFanfare.await(fanfare.client().get("/api/webhooks?project_id=proj_123"));
    String id = listed.getJsonArray("webhooks").getJsonObject(0).getString("webhook_id");
    JsonObject paused = new JsonObject().put("active", false);
    TestFanfare.await(fanfare.client().put("/api/webhooks/" + id, paused));

    try (DocumentProgram receiver = DocumentProgram.startReceiver("receiver.js", SECRET)) {
      fanfare.webhook(receiver.url().toString(), project("proj_123").put("secret", SECRET));
      Output tested = client("test-all.js", "proj_123");
      assertThat(tested.lines()).contains("测试 1 个活跃的 Webhook...", "✅ 测试通过");
    }
    Output monitored = client("monitor.js", "proj_123");
    assertThat(monitored.lines()).contains("- 成功率: 100%");
    assertThat(monitored.text()).doesNotContain("sendAlert");
  }

  @Test
  void theMonitorNamesWhatFailed() throws Exception {
    TestReceiver receiver = TestReceiver.start(fanfare.vertx());
    receiver.answer("/failing", 500, "no");
    JsonObject once = new JsonObject().put("max_attempts", 1);
    JsonObject webhook =
        fanfare.webhook(receiver.url("/failing"), project("failing").put("retry_policy", once));
    fanfare.publish("build.failed", project("failing"));
    await().until(() -> stats(webhook).getInteger("failed_deliveries") == 1);
    assertThat(client("monitor.js", "failing").lines())
        .contains("- 成功率: 0%", "- build.failed: HTTP 500: Internal Server Error");
    receiver.close();
  }

  @Test
  @RequiresTool(value = "node", npm = "standardwebhooks")
  void theReferenceOfStandardWebhooksAcceptsADelivery() throws Exception {
    TestReceiver receiver = TestReceiver.start(fanfare.vertx());
    JsonObject webhook = fanfare.webhook(receiver.url("/standard"), project("standard"));
    fanfare.publish("build.completed", project("standard").put("text", "构建✅"));
    await().until(() -> receiver.receipts().size() == 1);
    TestReceiver.Receipt receipt = receiver.receipts().get(0);
    JsonObject headers = new JsonObject();
    for (String name : new String[] {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
      headers.put(name, receipt.header(name));
    }
    JsonObject delivery =
        new JsonObject()
            .put("secret", webhook.getString("secret"))
            .put("headers", headers)
            .put("body", receipt.body().toString());
    assertThat(DocumentProgram.verifyStandardWebhook(delivery)).isEqualTo("verified");
    receiver.close();
  }

  private static JsonObject project(String id) {
    return new JsonObject().put("project_id", id);
  }

  private static Output client(String program, String project) throws Exception {
    JsonObject key = project(project).put("name", program).put("role", "manager");
    String token = TestFanfare.await(fanfare.client().post("/api/keys", key)).getString("token");
    Output output = DocumentProgram.runClient(program, "http://127.0.0.1:" + fanfare.port(), token);
    assertThat(output.exitCode()).as(output.text()).isZero();
    return output;
  }

  private static int successful(JsonObject webhook) throws TimeoutException {
    return stats(webhook).getInteger("successful_deliveries");
  }

  private static JsonObject stats(JsonObject webhook) throws TimeoutException {
    return TestFanfare.await(
            fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")))
        .getJsonObject("stats");
  }
}
