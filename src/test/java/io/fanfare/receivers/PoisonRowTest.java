package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Rows that only a hand in the database can have made: their deliveries fail, and nobody else's.
 */
class PoisonRowTest {
  @Test
  void aSecretThatCannotBeOpenedAndAUrlThatIsNoneFailTheirOwnDeliveriesOnly() throws Exception {
    String database = TestDatabase.url();
    JsonObject sealed;
    JsonObject nowhere;
    JsonObject well;
    try (HostileReceiver receiver = HostileReceiver.start()) {
      try (TestFanfare before = TestFanfare.start(database, Map.of())) {
        sealed = before.webhook(receiver.url("/sealed"), new JsonObject());
        nowhere = before.webhook(receiver.url("/nowhere"), new JsonObject());
        well = before.webhook(receiver.url("/well"), new JsonObject());
        execute(
            before.vertx(),
            database,
            "update webhook set secret_sealed = 'nonsense' where url like '%/sealed'");
        execute(
            before.vertx(),
            database,
            "update webhook set url = 'http://169.254.169.254/' where url like '%/nowhere'");
      }
      try (TestFanfare again = TestFanfare.start(database, Map.of())) {
        again.publish("build.started", new JsonObject());
        await().until(() -> recent(again, well).getString("status").equals("success"));
        await().until(() -> recent(again, sealed).getString("status").equals("failed"));
        await().until(() -> recent(again, nowhere).getString("status").equals("failed"));
        assertThat(recent(again, sealed).getString("error")).isEqualTo("key_error");
        assertThat(recent(again, nowhere).getString("error"))
            .isEqualTo("target address is not allowed");
        assertThat(receiver.requests("/sealed")).isEmpty();
        assertThat(receiver.requests("/nowhere")).isEmpty();
      }
    }
  }

  private static void execute(Vertx vertx, String database, String sql) throws TimeoutException {
    PgConnection.connect(vertx, PgConnectOptions.fromUri(database))
        .compose(connection -> connection.query(sql).execute().eventually(connection::close))
        .await(10, SECONDS);
  }

  private static JsonObject recent(TestFanfare fanfare, JsonObject webhook)
      throws TimeoutException {
    return await(fanfare.client().get("/api/webhooks/" + webhook.getString("webhook_id")))
        .getJsonArray("recent_deliveries")
        .stream()
        .map(JsonObject.class::cast)
        .findFirst()
        .orElse(new JsonObject().put("status", "none"));
  }
}
