package io.fanfare.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.AuthConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.config.HttpConfig;
import io.fanfare.contract.ApiDescription;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.history.DeliveryEntry;
import io.fanfare.history.DeliveryHistory;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.history.DeliveryTotals;
import io.fanfare.history.EventHistory;
import io.fanfare.history.Past;
import io.fanfare.id.IdGenerator;
import io.fanfare.id.IdKind;
import io.fanfare.stats.StatsReader;
import io.fanfare.stats.StatsVerticle;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.RetryPolicy;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Reading over HTTP, on one past for all tests; every answer is as {@code openapi.yaml} says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryApiTest {
  private static final String TOKEN = "an-admin-token-for-tests";
  private static final Instant FIRST = Instant.parse("2024-03-01T00:00:00Z");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-03-03T12:30:00Z"), ZoneOffset.UTC);

  private final Vertx vertx = Vertx.vertx();
  private final ListeningPort port = new ListeningPort();
  private final WebhookIndex index = new WebhookIndex();
  private Database database;
  private ApiDescription description;
  private KeyStore keys;
  private Past past;
  private Webhook webhook;
  private List<DeliveryEntry> deliveries;

  @BeforeAll
  void start() throws Exception {
    LocalCodec.register(vertx);
    database = TestDatabase.create(vertx).await(60, SECONDS);
    description = ApiDescription.load(vertx);
    past = new Past(database, 11);
    webhook = register("proj_1");
    deliveries = new ArrayList<>(past.deliveries(webhook.number(), FIRST, 3, 1_000));
    deliveries.sort(Comparator.comparing(DeliveryEntry::id, IdGenerator.ORDER.reversed()));
    StatsReader stats = new StatsReader(vertx, database.read());
    DeliveryHistory history = new DeliveryHistory(database.read(), stats);
    keys =
        new KeyStore(
            database.control(),
            new IdGenerator(Clock.systemUTC(), new SecureRandom(), IdGenerator.ZERO),
            new SecureRandom(),
            Clock.systemUTC());
    List<ResourceHandler> resources =
        List.of(
            new DeliveriesHandler(
                index, history, new DeliveryTotals(database.read(), stats), stats, CLOCK),
            new StatsHandler(index, stats, CLOCK),
            new EventsReadHandler(new EventHistory(database.read(), stats), CLOCK));
    vertx
        .deployVerticle(
            new StatsVerticle(database.control(), Duration.ofHours(1)), StatsVerticle.options())
        .await(10, SECONDS);
    vertx
        .deployVerticle(
            new ApiVerticle(
                ApiServices.of(
                    http(), new AuthConfig(TOKEN, 20), keys, resources, List.of(), () -> "", port)))
        .await(10, SECONDS);
  }

  @AfterAll
  void stop() throws Exception {
    database.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  @Test
  void listsDeliveriesAsTheyAreDescribed() throws Exception {
    JsonObject list = get("listDeliveries", path("/deliveries?limit=100"));

    assertThat(list.getInteger("total")).isEqualTo(1_000);
    assertThat(list.getJsonArray("deliveries").size()).isEqualTo(100);
    assertThat(list.getJsonObject("stats").getInteger("total_deliveries"))
        .isEqualTo((int) deliveries.stream().filter(d -> !d.test()).count());
    for (int i = 0; i < 100; i++) {
      JsonObject item = list.getJsonArray("deliveries").getJsonObject(i);
      DeliveryEntry delivery = deliveries.get(i);
      assertThat(item.getString("delivery_id")).isEqualTo(IdKind.DELIVERY.format(delivery.id()));
      boolean successful = delivery.status() == DeliveryStatus.SUCCESS;
      assertThat(item.containsKey("error")).isEqualTo(!successful);
      assertThat(item.containsKey("next_retry")).isEqualTo(!successful);
      assertThat(item.containsKey("test")).isEqualTo(delivery.test());
    }
  }

  @Test
  void showsThePayloadByteForByte() throws Exception {
    DeliveryEntry newest = deliveries.get(0);

    String text = text(path("/deliveries?limit=1"), TOKEN, 200);

    assertThat(text)
        .contains(
            "\"payload\":{\"event\":\"%s\",\"timestamp\":\"%s\",\"webhook_id\":\"%s\",\"delivery_id\":\"%s\",\"data\":%s}"
                .formatted(
                    newest.eventType(),
                    newest.acceptedAt().toString().replaceAll("\\.\\d+", ""),
                    webhook.publicId(),
                    IdKind.DELIVERY.format(newest.id()),
                    Past.DATA));
  }

  @Test
  void pagesThroughTheWholeHistoryByCursor() throws Exception {
    List<String> found = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page = get("listDeliveries", path("/deliveries?limit=100&cursor=" + cursor));
      page.getJsonArray("deliveries")
          .forEach(item -> found.add(((JsonObject) item).getString("delivery_id")));
      JsonObject pagination = page.getJsonObject("pagination");
      assertThat(page.getInteger("total")).isEqualTo(1_000);
      assertThat(pagination.getBoolean("has_more"))
          .isEqualTo(pagination.getString("next_cursor") != null);
      cursor = pagination.getString("next_cursor");
    }

    assertThat(found)
        .isEqualTo(deliveries.stream().map(d -> IdKind.DELIVERY.format(d.id())).toList());
  }

  @Test
  void filtersCombineAndTheTotalIsTheirs() throws Exception {
    List<DeliveryEntry> expected =
        deliveries.stream()
            .filter(d -> d.status() == DeliveryStatus.FAILED)
            .filter(d -> d.eventType().equals("build.failed"))
            .filter(d -> d.acceptedAt().toString().startsWith("2024-03-02"))
            .toList();

    JsonObject list =
        get(
            "listDeliveries",
            path(
                "/deliveries?status=failed&event_type=build.failed&start_date=2024-03-02&end_date=2024-03-02&limit=2"));

    assertThat(list.getInteger("total")).isEqualTo(expected.size());
    assertThat(list.getJsonArray("deliveries").getJsonObject(0).getString("delivery_id"))
        .isEqualTo(IdKind.DELIVERY.format(expected.get(0).id()));
  }

  @Test
  void refusesWhatItDoesNotUnderstand() throws Exception {
    for (String query :
        List.of(
            "cursor=abc",
            "cursor=ZGVsaXZlcmllcwB4",
            "status=done",
            "event_type=nothing",
            "limit=0",
            "limit=101",
            "offset=-1",
            "start_date=yesterday",
            "colour=red")) {
      JsonObject error = new JsonObject(text(path("/deliveries?" + query), TOKEN, 400));
      assertThat(error.getJsonArray("details").getJsonObject(0).getString("field"))
          .isEqualTo(query.substring(0, query.indexOf('=')));
    }
    text(path("/stats?period=year"), TOKEN, 400);
    text(path("/stats?start_date=2024-01-02&end_date=2024-01-01"), TOKEN, 400);
    text("/api/events?status=failed", TOKEN, 400);
  }

  @Test
  void showsEveryAttemptOfAFailedDelivery() throws Exception {
    DeliveryEntry failed = firstOf(DeliveryStatus.FAILED);
    for (int n = 1; n <= 3; n++) {
      attempt(failed.id(), n, n == 2);
    }

    JsonObject shown = get("getDelivery", deliveryPath(failed));

    JsonArray log = shown.getJsonArray("attempts_log");
    assertThat(log.size()).isEqualTo(3);
    assertThat(log.getJsonObject(0).getString("started_at")).isEqualTo("2024-03-01T10:00:00.250Z");
    assertThat(log.getJsonObject(0).getJsonObject("response_headers").getString("x"))
        .isEqualTo("y");
    assertThat(log.getJsonObject(1).getBoolean("probe")).isTrue();
    assertThat(log.getJsonObject(2).containsKey("probe")).isFalse();
    assertThat(shown.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    assertThat(shown.getValue("next_retry")).isNull();
  }

  @Test
  void showsTheOnlyAttemptOfASuccessAlthoughItHasNoRow() throws Exception {
    DeliveryEntry success = firstOf(DeliveryStatus.SUCCESS);

    JsonObject shown = get("getDelivery", deliveryPath(success));

    JsonObject attempt = shown.getJsonArray("attempts_log").getJsonObject(0);
    assertThat(attempt.getInteger("attempt")).isEqualTo(1);
    assertThat(attempt.getInteger("response_code")).isEqualTo(200);
    assertThat(attempt.getString("response_body")).isEqualTo("ok");
    assertThat(attempt.getValue("response_headers")).isNull();
    assertThat(attempt.getValue("error")).isNull();
    assertThat(Instant.parse(attempt.getString("started_at")))
        .isEqualTo(success.endedAt().minusMillis(success.responseTime()));
  }

  @Test
  void theNextRetryIsTheProbesWhileTheCircuitIsOpen() throws Exception {
    Webhook broken = register("proj_1");
    UUID event = past.id(CLOCK.millis());
    UUID id = new UUID(event.getMostSignificantBits(), event.getLeastSignificantBits() + 1);
    Instant due = CLOCK.instant().plusSeconds(60);
    past.write(
        broken.number(),
        List.of(
            new DeliveryEntry(
                id,
                event,
                "user.login",
                DeliveryStatus.PENDING,
                false,
                1,
                due,
                CLOCK.instant(),
                503,
                7,
                "busy",
                "HTTP 503: Service Unavailable")));
    String path = "/api/webhooks/" + broken.publicId() + "/deliveries";

    JsonObject waiting = get("listDeliveries", path).getJsonArray("deliveries").getJsonObject(0);
    database
        .control()
        .preparedQuery(
            "update webhook set circuit_state = 'open', circuit_opened_at = now(),"
                + " circuit_probe_at = '2024-03-03T12:40:00Z' where number = $1::int4")
        .execute(Tuple.of(broken.number()))
        .await(10, SECONDS);
    JsonObject probed = get("listDeliveries", path).getJsonArray("deliveries").getJsonObject(0);

    assertThat(waiting.getString("next_retry")).isEqualTo("2024-03-03T12:31:00Z");
    assertThat(waiting.getString("error")).isEqualTo("HTTP 503: Service Unavailable");
    assertThat(probed.getString("next_retry")).isEqualTo("2024-03-03T12:40:00Z");
  }

  @Test
  void statisticsAreAsTheyAreDescribed() throws Exception {
    for (String period : List.of("hour", "day", "week", "month")) {
      JsonObject stats =
          get(
              "getWebhookStats",
              path("/stats?period=" + period + "&start_date=2024-03-01&end_date=2024-03-04"));

      assertThat(stats.getString("start_date")).isEqualTo("2024-03-01T00:00:00Z");
      assertThat(stats.getString("end_date")).isEqualTo("2024-03-04T23:59:59Z");
      JsonObject overall = stats.getJsonObject("overall_stats");
      assertThat(overall.getInteger("total_deliveries"))
          .isEqualTo((int) deliveries.stream().filter(d -> !d.test()).count());
      for (String buckets : List.of("daily_stats", period(period))) {
        int total = 0;
        for (Object bucket : stats.getJsonArray(buckets)) {
          total += ((JsonObject) bucket).getInteger("total_deliveries");
        }
        assertThat(total)
            .isEqualTo(
                overall.getInteger("successful_deliveries")
                    + overall.getInteger("failed_deliveries"));
      }
    }
  }

  @Test
  void statisticsOfTheLastSevenDaysAreTheDefault() throws Exception {
    JsonObject stats = get("getWebhookStats", path("/stats"));

    assertThat(stats.getString("period")).isEqualTo("day");
    assertThat(stats.getString("start_date")).isEqualTo("2024-02-26T00:00:00Z");
    assertThat(stats.getString("end_date")).isEqualTo("2024-03-03T23:59:59Z");
  }

  @Test
  void statisticsOfNothingAreFullRatesAndNoTimes() throws Exception {
    Webhook idle = register(null);

    JsonObject stats = get("getWebhookStats", "/api/webhooks/" + idle.publicId() + "/stats");

    JsonObject overall = stats.getJsonObject("overall_stats");
    assertThat(overall.getDouble("success_rate")).isEqualTo(100);
    assertThat(overall.getValue("average_response_time")).isNull();
    assertThat(overall.getValue("p95_response_time")).isNull();
    assertThat(stats.getJsonArray("daily_stats").isEmpty()).isTrue();
  }

  @Test
  void listsEventsAsTheyAreDescribed() throws Exception {
    JsonObject list =
        get("listEvents", "/api/events?start_date=2024-03-01&end_date=2024-03-02&limit=7");

    assertThat(list.getJsonArray("events").size()).isEqualTo(7);
    assertThat(list.getInteger("total"))
        .isEqualTo(
            (int)
                deliveries.stream()
                    .filter(d -> !d.test())
                    .filter(d -> d.acceptedAt().isBefore(Instant.parse("2024-03-03T00:00:00Z")))
                    .count());
    assertThat(list.getJsonArray("events").getJsonObject(0).getInteger("deliveries")).isEqualTo(1);
  }

  @Test
  void showsAnEventWithItsDataByteForByteAndItsDeliveries() throws Exception {
    DeliveryEntry success = firstOf(DeliveryStatus.SUCCESS);
    String path = "/api/events/" + IdKind.EVENT.format(success.eventId());

    JsonObject event = get("getEvent", path);

    assertThat(text(path, TOKEN, 200)).contains("\"data\":" + Past.DATA);
    JsonObject delivery = event.getJsonArray("deliveries").getJsonObject(0);
    assertThat(delivery.getString("delivery_id")).isEqualTo(IdKind.DELIVERY.format(success.id()));
    assertThat(delivery.getString("webhook_id")).isEqualTo(webhook.publicId());
  }

  @Test
  void aKeyOfAnotherProjectSeesNothing() throws Exception {
    String stranger = keys.create("x", Role.VIEWER, "proj_2", null).await(10, SECONDS).token();
    String own = keys.create("x", Role.VIEWER, "proj_1", null).await(10, SECONDS).token();
    DeliveryEntry one = firstOf(DeliveryStatus.SUCCESS);
    String event = "/api/events/" + IdKind.EVENT.format(one.eventId());

    for (String path : List.of(path("/deliveries"), path("/stats"), deliveryPath(one), event)) {
      text(path, stranger, 404);
      text(path, own, 200);
    }
    JsonObject events = new JsonObject(text("/api/events", stranger, 200));
    assertThat(events.getInteger("total")).isZero();
    JsonObject others = new JsonObject(text("/api/events?project_id=proj_1", stranger, 200));
    assertThat(others.getJsonArray("events").isEmpty()).isTrue();
    assertThat(new JsonObject(text("/api/events", own, 200)).getInteger("total")).isPositive();
  }

  @Test
  void unknownIdsAreNotFound() throws Exception {
    String unknown = IdKind.DELIVERY.format(UUID.randomUUID());

    text(path("/deliveries/" + unknown), TOKEN, 404);
    text(path("/deliveries/del_1"), TOKEN, 404);
    text("/api/events/" + IdKind.EVENT.format(UUID.randomUUID()), TOKEN, 404);
    text("/api/webhooks/webhook_456/stats", TOKEN, 404);
  }

  private DeliveryEntry firstOf(DeliveryStatus status) {
    return deliveries.stream()
        .filter(delivery -> delivery.status() == status && !delivery.test())
        .findFirst()
        .orElseThrow();
  }

  private void attempt(UUID delivery, int number, boolean probe) throws Exception {
    database
        .control()
        .preparedQuery(
            """
            insert into attempt (webhook, delivery_id, n, started_at, probe, response_code,
              response_time, response_body, response_headers, error)
            values ($1::int4, $2::uuid, $3::int2, '2024-03-01T10:00:00.25Z', $4::bool, 500, 20,
              'no', '{"x":"y"}', 'HTTP 500: Internal Server Error')
            """)
        .execute(Tuple.of(webhook.number(), delivery, (short) number, probe))
        .await(10, SECONDS);
  }

  private Webhook register(@Nullable String projectId) throws Exception {
    UUID id = UUID.randomUUID();
    Webhook registered =
        new Webhook(
            past.webhook(id, projectId),
            id,
            projectId,
            "a webhook",
            "https://example.com/",
            List.of("*"),
            null,
            "secret",
            Map.of(),
            true,
            null,
            Duration.ofSeconds(30),
            RetryPolicy.DEFAULT,
            Instant.EPOCH,
            Instant.EPOCH,
            "user_1",
            1,
            CircuitRecord.CLOSED);
    index.put(registered);
    return registered;
  }

  private static String period(String period) {
    return period.equals("day") ? "daily_stats" : period + "ly_stats";
  }

  private String path(String rest) {
    return "/api/webhooks/" + webhook.publicId() + rest;
  }

  private String deliveryPath(DeliveryEntry delivery) {
    return path("/deliveries/" + IdKind.DELIVERY.format(delivery.id()));
  }

  /** A good answer, which is as described. */
  private JsonObject get(String operation, String path) throws Exception {
    JsonObject body = new JsonObject(text(path, TOKEN, 200));
    assertThat(description.faultsOfResponse(operation, 200, body)).isEmpty();
    return body;
  }

  private String text(String path, String token, int status) {
    Answer answer = new ApiCalls(port.getAsInt(), token).get(path);
    assertThat(answer.status()).as("%s: %s", path, answer.text()).isEqualTo(status);
    return answer.text();
  }

  private static HttpConfig http() {
    HttpConfig defaults = FanfareConfig.load(null, Map.of()).config().http();
    return new HttpConfig(
        defaults.host(),
        0,
        defaults.corsOrigins(),
        defaults.metricsToken(),
        defaults.bodyBytesMax(),
        defaults.connectionsMax(),
        defaults.idleTimeout(),
        defaults.readTimeout());
  }
}
