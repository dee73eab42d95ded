package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.TestReceiver.Receipt;
import io.fanfare.database.TestDatabase;
import io.fanfare.event.EventPublisher;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher's {@code traceparent} reaches the receivers, without any collector. */
class TracesJourneyTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN_ID = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + TRACE_ID + "-" + SPAN_ID + "-01";
  private static final Pattern SENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])");

  private final String database = TestDatabase.url();
  private TestFanfare fanfare;
  private TestReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException {
    fanfare = TestFanfare.start(database, Map.of());
    receiver = TestReceiver.start(fanfare.vertx());
  }

  @AfterEach
  void stop() {
    receiver.close();
    fanfare.close();
  }

  private void restart(Map<String, String> environment) throws TimeoutException {
    int port = receiver.port();
    receiver.close();
    fanfare.close();
    fanfare = TestFanfare.start(database, environment);
    receiver = TestReceiver.start(fanfare.vertx(), port);
  }

  private JsonObject webhook(String path, int delayMillis) throws TimeoutException {
    return fanfare.webhook(
        receiver.url(path),
        new JsonObject()
            .put(
                "retry_policy",
                new JsonObject()
                    .put("max_attempts", 5)
                    .put("backoff_strategy", "fixed")
                    .put("initial_delay", delayMillis)));
  }

  private static String event(int n) {
    return new JsonObject()
        .put("event", "build.started")
        .put("data", new JsonObject().put("n", n))
        .encode();
  }

  private void publish(String... headers) {
    assertThat(fanfare.calls().post("/api/events", event(0), headers).status()).isEqualTo(202);
  }

  private static Matcher sent(Receipt receipt) {
    Matcher matcher = SENT.matcher(receipt.header("traceparent"));
    assertThat(matcher.matches()).as(receipt.header("traceparent")).isTrue();
    return matcher;
  }

  private static String traceId(Receipt receipt) {
    return sent(receipt).group(1);
  }

  private static String spanId(Receipt receipt) {
    return sent(receipt).group(2);
  }

  private static void assertOneTrace(List<Receipt> receipts) {
    assertThat(receipts.stream().map(TracesJourneyTest::traceId).distinct())
        .containsExactly(TRACE_ID);
    assertThat(receipts.stream().map(TracesJourneyTest::spanId))
        .doesNotHaveDuplicates()
        .doesNotContain(SPAN_ID);
    assertThat(receipts).allSatisfy(receipt -> assertThat(sent(receipt).group(3)).isEqualTo("01"));
  }

  @Test
  void everyAttemptIsASpanOfItsOwnInTheTraceOfThePublisher() throws Exception {
    receiver.answer("/flaky", 500, "no");
    JsonObject webhook = webhook("/flaky", 1_500);
    publish("traceparent", TRACEPARENT, "tracestate", "vendor=secret");
    await().until(() -> receiver.receipts().size() == 1);
    List<Receipt> receipts = new ArrayList<>(receiver.receipts());

    // A retry that is read from the database by a process that has never seen the event before.
    restart(Map.of());
    await().until(() -> receiver.receipts().size() == 1);
    assertThat(receiver.receipts().get(0).headers()).doesNotContainKey("tracestate");
    String deliveries = "/api/webhooks/" + webhook.getString("webhook_id") + "/deliveries";
    await().until(() -> delivery(deliveries).getString("status").equals("success"));

    String id = delivery(deliveries).getString("delivery_id");
    assertThat(fanfare.calls().call("POST", deliveries + "/" + id + "/redeliver", null).status())
        .isEqualTo(202);
    await().until(() -> receiver.receipts().size() == 2);
    receipts.addAll(receiver.receipts());
    assertOneTrace(receipts);
    assertThat(receipts.stream().map(receipt -> receipt.header("x-trae-delivery")).distinct())
        .hasSize(2)
        .contains(id);
  }

  private JsonObject delivery(String path) {
    return fanfare.calls().get(path).json().getJsonArray("deliveries").getJsonObject(0);
  }

  @Test
  void retriesWithinAProcessAreSpansOfTheirOwnToo() throws Exception {
    receiver.answer("/flaky", 500, "no");
    webhook("/flaky", 1);
    publish("Traceparent", TRACEPARENT);

    await().until(() -> receiver.receipts().size() == 5);
    assertOneTrace(receiver.receipts());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "00-" + TRACE_ID + "-" + SPAN_ID + "-01-more",
        "ff-" + TRACE_ID + "-" + SPAN_ID + "-01",
        "00-00000000000000000000000000000000-" + SPAN_ID + "-01",
      })
  void anInvalidOneIsIgnored(String traceparent) throws Exception {
    webhook("/hook", 1);
    publish("traceparent", traceparent);

    await().until(() -> receiver.receipts().size() == 1);
    assertThat(receiver.receipts().get(0).headers()).doesNotContainKey("traceparent");
  }

  @Test
  void twoAreAsGoodAsNoneAndOneThatIsNotSampledStaysSo() throws Exception {
    webhook("/hook", 1);
    publish("traceparent", TRACEPARENT, "traceparent", TRACEPARENT);
    await().until(() -> receiver.receipts().size() == 1);
    publish("traceparent", "00-" + TRACE_ID + "-" + SPAN_ID + "-00");
    await().until(() -> receiver.receipts().size() == 2);

    assertThat(receiver.receipts().get(0).headers()).doesNotContainKey("traceparent");
    Matcher sent = sent(receiver.receipts().get(1));
    assertThat(sent.group(1)).isEqualTo(TRACE_ID);
    assertThat(sent.group(3)).isEqualTo("00");
  }

  @Test
  void eachEventOfAFlushKeepsItsOwnAlsoWhereItWaitsInTheDatabase() throws Exception {
    restart(
        Map.of(
            "FANFARE_DELIVERY_WINDOW", "2",
            "FANFARE_DELIVERY_CONCURRENCY", "1",
            "FANFARE_INGEST_LINGER", "100ms"));
    webhook("/hook", 1);
    EventPublisher publisher = new EventPublisher(fanfare.vertx());
    List<Future<JsonObject>> answers = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      Buffer data = new JsonObject().put("n", n).toBuffer();
      String traceparent = n % 3 == 0 ? null : "00-" + traceIdOf(n) + "-" + SPAN_ID + "-01";
      answers.add(publisher.traced(traceparent).publish("build.started", data));
    }
    for (Future<JsonObject> answer : answers) {
      TestFanfare.await(answer);
    }
    await().until(() -> receiver.receipts().size() == 60);

    for (Receipt receipt : receiver.receipts()) {
      int n = receipt.body().toJsonObject().getJsonObject("data").getInteger("n");
      if (n % 3 == 0) {
        assertThat(receipt.headers()).doesNotContainKey("traceparent");
      } else {
        assertThat(traceId(receipt)).isEqualTo(traceIdOf(n));
      }
    }
  }

  private static String traceIdOf(int n) {
    return HexFormat.of().toHexDigits(0x4bf92f3577b34da6L) + HexFormat.of().toHexDigits((long) n);
  }

  @Test
  void allEventsOfABatchAreInTheTraceOfTheirRequest() throws Exception {
    webhook("/hook", 1);
    JsonArray events = new JsonArray().add(new JsonObject(event(1))).add(new JsonObject(event(2)));
    String batch = new JsonObject().put("events", events).encode();
    fanfare.calls().post("/api/events/batch", batch, "traceparent", TRACEPARENT);

    await().until(() -> receiver.receipts().size() == 2);
    assertOneTrace(receiver.receipts());
  }

  @Test
  void theEventBusTakesOneAsAHeader() throws Exception {
    webhook("/hook", 1);
    DeliveryOptions options = new DeliveryOptions().addHeader("traceparent", TRACEPARENT);
    TestFanfare.await(
        fanfare
            .vertx()
            .eventBus()
            .request("fanfare.events.publish", new JsonObject(event(0)), options));
    EventPublisher publisher = new EventPublisher(fanfare.vertx());
    TestFanfare.await(publisher.traced(TRACEPARENT).publish("build.failed", new JsonObject()));
    await().until(() -> receiver.receipts().size() == 2);
    assertOneTrace(receiver.receipts());

    TestFanfare.await(publisher.traced("nonsense").publish("user.login", new JsonObject()));
    await().until(() -> receiver.receipts().size() == 3);
    assertThat(receiver.receipts().get(2).headers()).doesNotContainKey("traceparent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"traceparent", "TraceParent", "tracestate"})
  void noWebhookMaySetOneOfItsOwn(String name) {
    JsonObject webhook =
        new JsonObject()
            .put("name", "test")
            .put("url", receiver.url("/hook"))
            .put("events", new JsonArray().add("*"))
            .put("headers", new JsonObject().put(name, TRACEPARENT));
    var refused = fanfare.calls().post("/api/webhooks", webhook);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().encode()).contains(name);
  }
}
