package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.TestReceiver.Receipt;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.webhook.SecretSeal;
import io.fanfare.webhook.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The key that seals secrets is changed as the README says, while events are delivered. */
class RekeyJourneyTest {
  private static final String OLD = "b2xkIGtleSBvZiAzMiBieXRlcyBmb3IgdGVzdHMuLi4=";
  private static final String NEW = "bmV3IGtleSBvZiAzMiBieXRlcyBmb3IgdGVzdHMuLi4=";
  private static final int WEBHOOKS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final String database = TestDatabase.url();
  private final Map<String, String> ids = new HashMap<>();
  private TestReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    receiver = TestReceiver.start(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    receiver.close();
    await(vertx.close());
  }

  @Test
  void noSignatureFailsWhileTheKeyIsChangedAndTheOldOneIsTakenOut() throws Exception {
    try (TestFanfare before = start(OLD)) {
      for (int i = 0; i < WEBHOOKS; i++) {
        JsonObject made =
            before.webhook(
                receiver.url("/" + i),
                new JsonObject()
                    .put("secret", "secret-" + i)
                    .put("headers", new JsonObject().put("X-Mine", "header-" + i)));
        ids.put("/" + i, made.getString("webhook_id"));
      }
    }
    int published;
    try (TestFanfare during = start(NEW + "," + OLD)) {
      Future<WebhookStore.RekeyReport> rekeyed = rekey();
      published = 0;
      while (published < 5 || !rekeyed.isComplete()) {
        during.publish("build.started", new JsonObject().put("n", published++));
        // A secret that is changed meanwhile is sealed by the service, and not lost.
        String path = "/" + published % WEBHOOKS;
        await(
            during
                .client()
                .put(
                    "/api/webhooks/" + ids.get(path),
                    new JsonObject().put("secret", "secret-" + path.substring(1))));
      }
      assertThat(await(rekeyed).columnsByKeyId()).hasSize(1).containsValue(2L * WEBHOOKS);
      during.publish("build.started", new JsonObject().put("n", published++));
      awaitReceipts(published);
    }
    try (TestFanfare after = start(NEW)) {
      after.publish("build.started", new JsonObject().put("n", published++));
      awaitReceipts(published);
    }
    for (Receipt receipt : receiver.receipts()) {
      String number = receipt.path().substring(1);
      assertThat(receipt.header("x-mine")).isEqualTo("header-" + number);
      assertThat(receipt.header("x-trae-signature-256"))
          .isEqualTo("sha256=" + hmac("secret-" + number, receipt.body().getBytes()));
    }
    System.out.printf("rekey.deliveries = %d, rekey.wrong = 0%n", receiver.receipts().size());
  }

  private TestFanfare start(String keys) throws Exception {
    return TestFanfare.start(database, Map.of("FANFARE_SECRETS_KEYS", keys));
  }

  /** What {@code fanfare secrets rekey} does beside the running service. */
  private Future<WebhookStore.RekeyReport> rekey() {
    return Database.open(vertx, TestDatabase.config(database))
        .compose(
            opened ->
                new WebhookStore(opened.control(), new SecretSeal(List.of(NEW, OLD)))
                    .rekey()
                    .eventually(opened::close));
  }

  private void awaitReceipts(int events) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> receiver.receipts().size() == events * WEBHOOKS);
  }

  private static String hmac(String secret, byte[] body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }
}
