package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.DescribedCalls;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /api/webhooks/{webhook_id}/stats} of real deliveries. */
class StatisticsJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;
  private static DescribedCalls described;
  private static String webhook;

  /** 29 deliveries that succeed, one that fails, and one that waits. */
  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
    described = DescribedCalls.of(fanfare);
    receiver.answer("/waits", 503, "no");
    receiver.answer("/fails", 404, "no");
    webhook =
        "/api/webhooks/"
            + fanfare.webhook(receiver.url("/"), new JsonObject()).getString("webhook_id");
    JsonArray events = new JsonArray();
    for (int i = 0; i < 29; i++) {
      events.add(new JsonObject().put("event", "build.completed").put("data", new JsonObject()));
    }
    api.post("/api/events/batch", new JsonObject().put("events", events));
    await().until(() -> counted("successful_deliveries") == 29);
    api.put(webhook, new JsonObject().put("url", receiver.url("/fails")));
    fanfare.publish("build.failed", new JsonObject());
    await().until(() -> counted("failed_deliveries") == 1);
    api.put(
        webhook,
        new JsonObject()
            .put("url", receiver.url("/waits"))
            .put("retry_policy", new JsonObject().put("initial_delay", 60_000)));
    fanfare.publish("build.failed", new JsonObject());
    await().until(() -> !receiver.receipts("/waits").isEmpty());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static int counted(String member) {
    return api.get(webhook).json().getJsonObject("stats").getInteger(member);
  }

  private static JsonObject stats(String query) {
    return api.get(webhook + "/stats" + query).json();
  }

  @Test
  void theRateHasTwoDecimalsAndPendingOnesAreBesideIt() {
    JsonObject overall = stats("").getJsonObject("overall_stats");

    assertThat(overall.getInteger("total_deliveries")).isEqualTo(31);
    assertThat(overall.getInteger("successful_deliveries")).isEqualTo(29);
    assertThat(overall.getInteger("failed_deliveries")).isEqualTo(1);
    assertThat(overall.getInteger("pending_deliveries")).isEqualTo(1);
    assertThat(overall.getDouble("success_rate")).isEqualTo(96.67);
    for (String path : new String[] {webhook, webhook + "/deliveries"}) {
      JsonObject beside = api.get(path).json().getJsonObject("stats");
      assertThat(beside.getInteger("total_deliveries")).isEqualTo(31);
      assertThat(beside.getDouble("success_rate")).isEqualTo(96.67);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'',daily_stats,10",
    "hour,hourly_stats,20",
    "day,daily_stats,10",
    "week,weekly_stats,10",
    "month,monthly_stats,7"
  })
  void everyPeriodHasItsBucketsBesideTheDays(String period, String member, int labelLength) {
    JsonObject answer = stats("?period=" + period);

    assertThat(answer.getString("period")).isEqualTo(period.isEmpty() ? "day" : period);
    assertThat(answer.fieldNames())
        .contains("webhook_id", "start_date", "end_date", "overall_stats", "event_type_stats")
        .contains("daily_stats", member);
    for (String buckets : new String[] {"daily_stats", member}) {
      assertThat(
              answer.getJsonArray(buckets).stream()
                  .mapToInt(bucket -> ((JsonObject) bucket).getInteger("total_deliveries"))
                  .sum())
          .isEqualTo(30);
    }
    assertThat(answer.getJsonArray(member).getJsonObject(0).getString("date")).hasSize(labelLength);
    assertThat(answer.getString("start_date")).endsWith(":00:00Z");
    assertThat(answer.getString("end_date")).endsWith(":59:59Z");
  }

  @Test
  void bucketsHaveTheirResponseTimesWhereTheyAreAskedFor() {
    for (String period : new String[] {"hour", "day", "week", "month"}) {
      JsonObject bucket =
          described
              .get("getWebhookStats", webhook + "/stats?percentiles=true&period=" + period)
              .getJsonArray(period.equals("day") ? "daily_stats" : period + "ly_stats")
              .getJsonObject(0);
      assertThat(bucket.getDouble("median_response_time")).isNotNull();
      assertThat(bucket.getDouble("p95_response_time"))
          .isGreaterThanOrEqualTo(bucket.getDouble("median_response_time"));
    }
    JsonObject year =
        described.get(
            "getWebhookStats",
            webhook + "/stats?percentiles=true&period=hour&start_date=2024-01-01");
    assertThat(
            described
                .get("getWebhookStats", webhook + "/stats")
                .getJsonArray("daily_stats")
                .getJsonObject(0)
                .fieldNames())
        .doesNotContain("median_response_time", "p95_response_time");
    assertThat(year.getJsonArray("hourly_stats").getJsonObject(0).getValue("p95_response_time"))
        .isNull();
  }

  @Test
  void aGivenRangeWidensToWholeHoursAndIsRepeatedSo() {
    JsonObject answer =
        stats("?start_date=2024-01-01T10:30:00%2B05:30&end_date=2024-01-07T12:00:00Z");

    assertThat(answer.getString("start_date")).isEqualTo("2024-01-01T05:00:00Z");
    assertThat(answer.getString("end_date")).isEqualTo("2024-01-07T12:59:59Z");
    JsonObject days = stats("?start_date=2024-01-01&end_date=2024-01-07");
    assertThat(days.getString("start_date")).isEqualTo("2024-01-01T00:00:00Z");
    assertThat(days.getString("end_date")).isEqualTo("2024-01-07T23:59:59Z");
  }

  @Test
  void anotherRangeHasNothingButWhatIsPendingNow() {
    JsonObject answer = stats("?start_date=2024-01-01&end_date=2024-01-07");

    JsonObject overall = answer.getJsonObject("overall_stats");
    assertThat(overall.getInteger("total_deliveries")).isEqualTo(1);
    assertThat(overall.getInteger("pending_deliveries")).isEqualTo(1);
    assertThat(overall.getDouble("success_rate")).isEqualTo(100);
    for (String time :
        new String[] {"average_response_time", "median_response_time", "p95_response_time"}) {
      assertThat(overall.containsKey(time)).isTrue();
      assertThat(overall.getValue(time)).isNull();
    }
    assertThat(answer.getJsonArray("daily_stats")).isEmpty();
    assertThat(answer.getJsonArray("event_type_stats")).isEmpty();
  }

  @Test
  void anExtremeRangeIsAnsweredToo() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    for (String range :
        new String[] {
          "?period=hour&start_date=0001-01-01&end_date=9999-12-31", "?start_date=1970-01-01"
        }) {
      assertThat(stats(range).getJsonObject("overall_stats").getInteger("total_deliveries"))
          .as(range)
          .isEqualTo(31);
    }
    assertThat(stats("?start_date=" + now.plus(400, ChronoUnit.DAYS)).getJsonArray("daily_stats"))
        .isEmpty();
    assertThat(stats("?end_date=1970-01-01").getString("end_date"))
        .isEqualTo("1970-01-01T23:59:59Z");
  }

  @Test
  void everyFaultyParameterIsNamed() {
    assertThat(
            api.get(webhook + "/stats?period=Day&start_date=x&end_date=y&limit=1").faultyFields())
        .containsExactlyInAnyOrder("period", "start_date", "end_date", "limit");
    assertThat(api.get(webhook + "/stats?period=&start_date=&end_date=").status()).isEqualTo(200);
  }
}
