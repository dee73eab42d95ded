package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that has lost its right to deliver to another one. */
class FencedServiceTest {
  private static final JsonObject POLICY =
      new JsonObject()
          .put(
              "retry_policy",
              new JsonObject()
                  .put("max_attempts", 20)
                  .put("backoff_strategy", "fixed")
                  .put("initial_delay", 200)
                  .put("max_delay", 200));

  private final Vertx vertx = Vertx.vertx();
  private TestFanfare fanfare;
  private TestReceiver receiver;
  private PgConnection another;

  @BeforeEach
  void start() throws TimeoutException {
    String url = TestDatabase.url();
    fanfare = TestFanfare.start(url, Map.of());
    receiver = TestReceiver.start(vertx);
    another = await(PgConnection.connect(vertx, PgConnectOptions.fromUri(url)));
  }

  @AfterEach
  void stop() throws TimeoutException {
    await(another.close());
    fanfare.close();
    receiver.close();
    await(vertx.close());
  }

  @Test
  void sendsNothingCommitsNothingAndStops() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    receiver.answer("/retried", 500, "no");
    receiver.answer("/held", (request, body) -> held.add(request));
    fanfare.webhook(receiver.url("/retried"), POLICY.copy().put("project_id", "retried"));
    fanfare.webhook(receiver.url("/held"), new JsonObject().put("project_id", "held"));
    publish("retried");
    publish("held");
    await().until(() -> receiver.receipts("/retried").size() >= 2 && !held.isEmpty());

    // In one transaction, as fast as another process that has the lock.
    await(another.query("update node set epoch = epoch + 1").execute());
    held.remove().response().end("too late to be recorded");
    Future<JsonObject> refused = publishing("retried");
    await().until(refused::isComplete);
    assertThat(refused.failed()).isTrue();
    long events = count("event");
    await(fanfare.takenOver());

    int receipts = receiver.receipts().size();
    assertThat(events).isEqualTo(2);
    assertThat(count("event")).isEqualTo(2);
    assertThat(count("delivery where status = 'pending'")).isEqualTo(2);
    assertThat(count("delivery where status = 'pending' and attempts = 0 and due_at is null"))
        .as("what the receiver said late is not recorded")
        .isEqualTo(1);
    assertThat(receiver.receipts()).hasSize(receipts);
    Future<JsonObject> gone = publishing("retried");
    await().until(gone::isComplete);
    assertThat(gone.failed()).isTrue();
  }

  private void publish(String project) throws TimeoutException {
    await(publishing(project));
  }

  private Future<JsonObject> publishing(String project) {
    return fanfare
        .client()
        .post(
            "/api/events",
            new JsonObject()
                .put("event", "build.started")
                .put("project_id", project)
                .put("data", new JsonObject()));
  }

  private long count(String from) throws TimeoutException {
    return await(
        another
            .query("select count(*) from " + from)
            .execute()
            .map(rows -> rows.iterator().next().getLong(0)));
  }
}
