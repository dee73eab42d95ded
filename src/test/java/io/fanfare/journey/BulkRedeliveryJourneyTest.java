package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.DescribedCalls;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdKind;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redeliveries of many: which deliveries they take, how far they are, and what a restart does. */
class BulkRedeliveryJourneyTest {
  private final Vertx vertx = Vertx.vertx();
  private final String database = TestDatabase.url();
  private TestReceiver receiver;
  private TestFanfare fanfare;
  private ApiCalls api;
  private DescribedCalls described;

  @BeforeEach
  void start() throws Exception {
    receiver = TestReceiver.start(vertx);
    startService();
  }

  private void startService() throws Exception {
    fanfare = TestFanfare.start(database, Map.of());
    api = fanfare.calls();
    described = DescribedCalls.of(fanfare);
  }

  @AfterEach
  void stop() {
    fanfare.close();
    receiver.close();
    vertx.close();
  }

  /** A webhook with so many failed deliveries: 404 is final, and no reason to open the circuit. */
  private String failed(int builds, int files) throws Exception {
    receiver.answer("/", 404, "no");
    String webhook =
        "/api/webhooks/"
            + fanfare.webhook(receiver.url("/"), new JsonObject()).getString("webhook_id");
    publish("build.started", builds);
    publish("file.created", files);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stat(webhook, "failed_deliveries") == builds + files);
    return webhook;
  }

  private void publish(String type, int count) {
    for (int left = count; left > 0; left -= 1_000) {
      JsonArray events = new JsonArray();
      for (int i = 0; i < Math.min(left, 1_000); i++) {
        events.add(new JsonObject().put("event", type).put("data", new JsonObject()));
      }
      assertThat(api.post("/api/events/batch", new JsonObject().put("events", events)).status())
          .isEqualTo(202);
    }
  }

  private int stat(String webhook, String name) {
    return api.get(webhook).json().getJsonObject("stats").getInteger(name);
  }

  private Answer redeliver(String webhook, JsonObject body) {
    return api.post(webhook + "/deliveries/redeliver", body);
  }

  private JsonObject awaitEnd(String webhook, JsonObject made) {
    String path = webhook + "/redeliveries/" + made.getString("redelivery_id");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> api.get(path).json().getString("ended_at") != null);
    return described.get("getRedelivery", path);
  }

  @Test
  void redeliversWhatTheFilterLeavesAndCountsFirst() throws Exception {
    String webhook = failed(1_200, 30);
    JsonObject builds = new JsonObject().put("event_type", "build.started");
    JsonObject dry =
        described.post(
            "redeliverMany",
            200,
            webhook + "/deliveries/redeliver",
            builds.copy().put("dry_run", true));
    assertThat(dry.getInteger("matching")).isEqualTo(1_200);
    assertThat(stat(webhook, "total_deliveries")).isEqualTo(1_230);
    receiver.answer("/", 200, "OK");

    JsonObject made =
        described.post("redeliverMany", 202, webhook + "/deliveries/redeliver", builds);
    JsonObject done = awaitEnd(webhook, made);

    assertThat(done.getString("state")).isEqualTo("done");
    assertThat(done.getInteger("redelivered")).isEqualTo(1_200);
    assertThat(done.getInteger("skipped")).isZero();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stat(webhook, "successful_deliveries") == 1_200);
    assertThat(stat(webhook, "total_deliveries")).isEqualTo(2_430);
    assertThat(stat(webhook, "failed_deliveries")).isEqualTo(1_230);
    assertThat(described.get("listRedeliveries", webhook + "/redeliveries").getInteger("total"))
        .isEqualTo(1);
    // Both that one and all the others once more.
    JsonObject all = new JsonObject().put("status", "ended");
    assertThat(redeliver(webhook, all.copy().put("dry_run", true)).json().getInteger("matching"))
        .isEqualTo(2_430);
    assertThat(
            redeliver(webhook, new JsonObject().put("dry_run", true).put("end_date", "2001-01-01"))
                .json()
                .getInteger("matching"))
        .isZero();
  }

  @Test
  void redeliversNamedOnes() throws Exception {
    String webhook = failed(5, 0);
    List<String> ids =
        api.get(webhook + "/deliveries").json().getJsonArray("deliveries").stream()
            .map(delivery -> ((JsonObject) delivery).getString("delivery_id"))
            .toList();
    receiver.answer("/", 200, "OK");
    JsonArray named =
        new JsonArray()
            .add(ids.get(0))
            .add(ids.get(3))
            .add(ids.get(3))
            .add("del_00000000000000000000000000");

    JsonObject done =
        awaitEnd(webhook, redeliver(webhook, new JsonObject().put("delivery_ids", named)).json());

    assertThat(done.getInteger("matching")).isEqualTo(2);
    assertThat(done.getInteger("redelivered")).isEqualTo(2);
    await().until(() -> stat(webhook, "successful_deliveries") == 2);
    JsonObject explained =
        described.get("explainDelivery", "/api/deliveries/" + ids.get(3) + "/explain");
    assertThat(explained.getJsonArray("redelivered_as")).hasSize(1);
  }

  @Test
  void goesOnAfterARestartWhereItWas() throws Exception {
    String webhook = failed(1_000, 0);
    fanfare.close();
    receiver.answer("/", 200, "OK");
    int before = receiver.receipts("/").size();
    UUID job = interruptedInTheMiddle(webhook);

    startService();
    String path = webhook + "/redeliveries/" + IdKind.REDELIVERY.format(job);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> api.get(path).json().getString("state").equals("done"));

    assertThat(api.get(path).json().getInteger("redelivered")).isEqualTo(1_000);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stat(webhook, "successful_deliveries") == 400);
    Set<String> received = new HashSet<>();
    receiver.receipts("/").stream()
        .skip(before)
        .forEach(receipt -> received.add(receipt.header("x-trae-delivery")));
    assertThat(received).hasSize(400);
  }

  /** Leaves in the database what a killed process would: 600 are made, and 400 are to come. */
  private UUID interruptedInTheMiddle(String webhook) throws Exception {
    UUID public_ = IdKind.WEBHOOK.parse(webhook.substring("/api/webhooks/".length())).orElseThrow();
    PgConnection connection = TestFanfare.await(PgConnection.connect(vertx, database));
    try {
      return TestFanfare.await(
          connection
              .preparedQuery(
                  """
                  insert into bulk_redelivery (id, webhook, state, status, until_id, place, matching,
                    made, created_by, created_at, updated_at)
                  select 'ffffffff-0000-7000-8000-000000000000', w.number, 'running', 'failed',
                    'ffffffff-0000-7000-8000-000000000000',
                    (select id from delivery where webhook = w.number order by id offset 599 limit 1),
                    1000, 600, 'test', now(), now()
                  from webhook w where w.id = $1::uuid
                  returning id
                  """)
              .execute(Tuple.of(public_))
              .map(rows -> rows.iterator().next().getUUID(0)));
    } finally {
      TestFanfare.await(connection.close());
    }
  }

  @Test
  void skipsWhatIsNotKeptAnyMore() throws Exception {
    String webhook = failed(20, 0);
    receiver.answer("/", 200, "OK");
    PgConnection connection = TestFanfare.await(PgConnection.connect(vertx, database));
    TestFanfare.await(
        connection
            .query("delete from event where id in (select id from event order by id limit 5)")
            .execute());
    TestFanfare.await(connection.close());

    JsonObject done = awaitEnd(webhook, redeliver(webhook, new JsonObject()).json());

    assertThat(done.getInteger("redelivered")).isEqualTo(15);
    assertThat(done.getInteger("skipped")).isEqualTo(5);
    await().until(() -> stat(webhook, "successful_deliveries") == 15);
  }

  @Test
  void runsOneAtATimeAndStopsWhenItIsTold() throws Exception {
    String webhook = failed(900, 0);
    JsonObject made = redeliver(webhook, new JsonObject()).json();
    String path = webhook + "/redeliveries/" + made.getString("redelivery_id");
    Answer second = redeliver(webhook, new JsonObject());
    JsonObject cancelled = described.call("cancelRedelivery", 200, "DELETE", path);

    // It may have been faster than we are.
    if (second.status() != 202) {
      assertThat(second.status()).isEqualTo(409);
      assertThat(second.json().getString("error")).isEqualTo("redelivery_running");
    }
    assertThat(cancelled.getString("state")).isIn("cancelled", "done");
    assertThat(cancelled.getString("ended_at")).isNotNull();
    int redelivered = api.get(path).json().getInteger("redelivered");
    assertThat(redelivered).isLessThanOrEqualTo(900);
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    String webhook = failed(1, 0);
    Answer wrong =
        redeliver(
            webhook,
            new JsonObject()
                .put("status", "pending")
                .put("event_type", "no.such")
                .put("start_date", "yesterday")
                .put("delivery_ids", new JsonArray().add("event_1").add(5))
                .put("more", 1));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.faultyFields())
        .containsExactlyInAnyOrder(
            "status", "event_type", "start_date", "delivery_ids[0]", "delivery_ids[1]", "more");
    api.put(webhook, new JsonObject().put("active", false));
    Answer inactive = redeliver(webhook, new JsonObject());
    assertThat(inactive.status()).isEqualTo(409);
    assertThat(inactive.json().getString("error")).isEqualTo("webhook_inactive");
    // Its own route, not the delivery of that name.
    assertThat(api.get(webhook + "/deliveries/redeliver").status()).isEqualTo(405);
    assertThat(api.get(webhook + "/redeliveries/redelivery_1").status()).isEqualTo(404);
  }
}
