package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What can be read about what really happened: lists, totals and statistics agree. */
class HistoryJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  @Test
  void listsTotalsAndStatisticsAgree() throws Exception {
    JsonObject webhook =
        fanfare.webhook(receiver.url("/one"), new JsonObject().put("project_id", "p-one"));
    String path = "/api/webhooks/" + webhook.getString("webhook_id");
    int before = total("/api/events?limit=1");
    publish("p-one", "build.completed", 30);
    publish("p-one", "file.created", 3);
    publish("p-nobody", "file.created", 4);
    await().until(() -> stats(path).getInteger("successful_deliveries") == 33);
    await(fanfare.client().post(path + "/test", new JsonObject()));
    JsonObject first = get(path + "/deliveries?event_type=file.created&limit=1");
    String again = first.getJsonArray("deliveries").getJsonObject(0).getString("delivery_id");
    await(fanfare.client().post(path + "/deliveries/" + again + "/redeliver", new JsonObject()));
    await().until(() -> stats(path).getInteger("successful_deliveries") == 34);

    assertThat(total(path + "/deliveries?limit=1")).isEqualTo(35);
    assertThat(total(path + "/deliveries?limit=1&status=success")).isEqualTo(35);
    assertThat(total(path + "/deliveries?limit=1&status=pending")).isZero();
    assertThat(total(path + "/deliveries?limit=1&event_type=file.created")).isEqualTo(4);
    assertThat(total(path + "/deliveries?limit=1&event_type=test.ping")).isEqualTo(1);
    assertThat(total("/api/events?limit=1")).isEqualTo(before + 37);
    assertThat(total("/api/events?limit=1&project_id=p-one")).isEqualTo(33);
    assertThat(total("/api/events?limit=1&event_type=file.created")).isEqualTo(7);
    assertThat(total("/api/events?limit=1&event_type=file.created&project_id=p-one")).isEqualTo(3);
    JsonObject overall = get(path + "/stats").getJsonObject("overall_stats");
    assertThat(overall.getInteger("total_deliveries")).isEqualTo(34);
    assertThat(overall.getDouble("success_rate")).isEqualTo(100);
    assertThat(overall.getDouble("median_response_time")).isNotNegative();
  }

  @Test
  void anEventShowsItsDeliveriesAndItsRedeliveries() throws Exception {
    JsonObject webhook =
        fanfare.webhook(receiver.url("/two"), new JsonObject().put("project_id", "p-two"));
    String path = "/api/webhooks/" + webhook.getString("webhook_id");
    publish("p-two", "build.completed", 1);
    await().until(() -> stats(path).getInteger("successful_deliveries") == 1);
    JsonObject delivery = get(path + "/deliveries").getJsonArray("deliveries").getJsonObject(0);
    String id = delivery.getString("delivery_id");
    JsonObject made =
        await(fanfare.client().post(path + "/deliveries/" + id + "/redeliver", new JsonObject()));

    JsonArray deliveries =
        get("/api/events/" + delivery.getString("event_id")).getJsonArray("deliveries");

    assertThat(deliveries.size()).isEqualTo(2);
    assertThat(deliveries.getJsonObject(0).getString("delivery_id")).isEqualTo(id);
    assertThat(deliveries.getJsonObject(1).getString("delivery_id"))
        .isEqualTo(made.getString("delivery_id"));
  }

  @Test
  void aFailedDeliveryShowsEveryAttempt() throws Exception {
    receiver.answer("/broken", 500, "x".repeat(100));
    JsonObject policy =
        new JsonObject()
            .put("max_attempts", 2)
            .put("backoff_strategy", "fixed")
            .put("initial_delay", 10)
            .put("max_delay", 10);
    JsonObject webhook =
        fanfare.webhook(
            receiver.url("/broken"),
            new JsonObject().put("project_id", "p-broken").put("retry_policy", policy));
    String path = "/api/webhooks/" + webhook.getString("webhook_id");
    publish("p-broken", "build.completed", 1);
    await().until(() -> stats(path).getInteger("failed_deliveries") == 1);

    JsonObject item =
        get(path + "/deliveries?status=failed").getJsonArray("deliveries").getJsonObject(0);
    JsonObject one = get(path + "/deliveries/" + item.getString("delivery_id"));

    assertThat(item.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    assertThat(item.getString("response_body")).isEqualTo("x".repeat(100));
    assertThat(item.containsKey("next_retry")).isTrue();
    assertThat(item.getString("next_retry")).isNull();
    assertThat(one.getJsonArray("attempts_log").size()).isEqualTo(2);
    assertThat(one.getJsonArray("attempts_log").getJsonObject(1).getInteger("response_code"))
        .isEqualTo(500);
    assertThat(get(path).getJsonArray("recent_deliveries").getJsonObject(0).getString("error"))
        .isEqualTo("Internal Server Error");
  }

  private static void publish(String project, String type, int count) throws TimeoutException {
    JsonArray events = new JsonArray();
    for (int i = 0; i < count; i++) {
      events.add(
          new JsonObject()
              .put("event", type)
              .put("project_id", project)
              .put("data", new JsonObject().put("i", i)));
    }
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));
  }

  private static int total(String path) throws TimeoutException {
    return get(path).getInteger("total");
  }

  private static JsonObject stats(String path) throws TimeoutException {
    return get(path).getJsonObject("stats");
  }

  private static JsonObject get(String path) throws TimeoutException {
    return await(fanfare.client().get(path));
  }
}
