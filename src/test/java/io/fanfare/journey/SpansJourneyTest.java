package io.fanfare.journey;

import static io.fanfare.trace.Collector.attribute;
import static io.fanfare.trace.Collector.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.TestReceiver.Receipt;
import io.fanfare.database.TestDatabase;
import io.fanfare.trace.Collector;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets of an event: publish, commit, and each attempt, with the right parents. */
class SpansJourneyTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN_ID = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + TRACE_ID + "-" + SPAN_ID + "-01";

  private final Vertx vertx = Vertx.vertx();
  private final String database = TestDatabase.url();
  private Collector collector;
  private TestReceiver receiver;
  private TestFanfare fanfare;

  @BeforeEach
  void start() throws TimeoutException {
    collector = Collector.start(vertx);
    receiver = TestReceiver.start(vertx);
  }

  @AfterEach
  void stop() throws TimeoutException {
    shut();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** What it has to tell is with the collector by then. */
  private void shut() {
    TestFanfare open = fanfare;
    fanfare = null;
    if (open != null) {
      open.close();
    }
  }

  private void open(Map<String, String> more) throws TimeoutException {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("FANFARE_TRACING_ENDPOINT", collector.endpoint());
    fanfare = TestFanfare.start(database, environment);
  }

  private JsonObject publish(String... headers) {
    String event =
        new JsonObject().put("event", "build.failed").put("data", new JsonObject()).encode();
    return fanfare.calls().post("/api/events", event, headers).json();
  }

  private JsonObject webhook(String path, int delayMillis) throws TimeoutException {
    return fanfare.webhook(
        receiver.url(path),
        new JsonObject()
            .put("headers", new JsonObject().put("X-Key", "secret"))
            .put(
                "retry_policy",
                new JsonObject()
                    .put("max_attempts", 2)
                    .put("backoff_strategy", "fixed")
                    .put("initial_delay", delayMillis)));
  }

  private List<Span> awaitSpans(int n) {
    await().until(() -> collector.spans().size() >= n);
    return collector.spans();
  }

  @Test
  void recordsWhatIsDoneForAPublisherAlsoAfterARestart() throws Exception {
    open(Map.of());
    receiver.answer("/flaky", 500, "no");
    JsonObject webhook = webhook("/flaky?key=secret", 2_000);
    JsonObject published = publish("traceparent", TRACEPARENT);
    awaitSpans(3);
    shut();
    receiver.answer("/flaky", 200, "yes");
    open(Map.of());
    List<Span> spans = awaitSpans(4);

    assertThat(spans.stream().map(span -> hex(span.getTraceId())).distinct())
        .containsExactly(TRACE_ID);
    assertThat(spans.stream().map(span -> hex(span.getSpanId())))
        .doesNotHaveDuplicates()
        .doesNotContain(SPAN_ID);
    Span publish = collector.spans("publish").get(0);
    Span commit = collector.spans("commit").get(0);
    List<Span> attempts = collector.spans("attempt");
    assertThat(hex(publish.getParentSpanId())).isEqualTo(SPAN_ID);
    assertThat(commit.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(attempts)
        .hasSize(2)
        .allSatisfy(
            attempt -> assertThat(attempt.getParentSpanId()).isEqualTo(publish.getSpanId()));
    assertThat(publish.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(attempts.get(0).getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
    assertThat(commit.getStartTimeUnixNano())
        .isGreaterThanOrEqualTo(publish.getStartTimeUnixNano());
    assertThat(commit.getEndTimeUnixNano()).isLessThanOrEqualTo(publish.getEndTimeUnixNano());
    assertThat(attribute(publish, "fanfare.event_id")).isEqualTo(published.getString("event_id"));
    // What the receiver was told is the span that the collector has.
    List<Receipt> receipts = receiver.receipts("/flaky");
    for (int i = 0; i < 2; i++) {
      assertThat(receipts.get(i).header("traceparent"))
          .isEqualTo("00-" + TRACE_ID + "-" + hex(attempts.get(i).getSpanId()) + "-01");
    }
    Span failed = attempts.get(0);
    assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(attribute(failed, "http.response.status_code")).isEqualTo("500");
    assertThat(attribute(failed, "error.type")).isEqualTo("500");
    assertThat(attribute(failed, "fanfare.attempt")).isEqualTo("1");
    assertThat(attribute(failed, "fanfare.next")).isEqualTo("wait");
    assertThat(attribute(failed, "fanfare.webhook_id")).isEqualTo(webhook.getString("webhook_id"));
    assertThat(attribute(failed, "fanfare.event_id")).isEqualTo(published.getString("event_id"));
    assertThat(attribute(failed, "fanfare.delivery_id"))
        .isEqualTo(receipts.get(0).header("x-trae-delivery"));
    assertThat(attribute(failed, "server.address")).isEqualTo("127.0.0.1");
    assertThat(attempts.get(1).getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(attribute(attempts.get(1), "fanfare.attempt")).isEqualTo("2");
    assertThat(attribute(attempts.get(1), "fanfare.next")).isEqualTo("success");
    assertThat(spans.toString()).doesNotContain("secret");
  }

  @Test
  void beginsATraceForAShareOfTheOthers() throws Exception {
    open(Map.of());
    webhook("/hook", 1);
    publish();
    List<Span> spans = awaitSpans(3);

    assertThat(spans.stream().map(span -> hex(span.getTraceId())).distinct()).hasSize(1);
    assertThat(collector.spans("publish").get(0).getParentSpanId()).isEmpty();
    Span attempt = collector.spans("attempt").get(0);
    assertThat(receiver.receipts().get(0).header("traceparent"))
        .isEqualTo("00-" + hex(attempt.getTraceId()) + "-" + hex(attempt.getSpanId()) + "-01");
    assertThat(metric("fanfare_spans_exported_total")).isEqualTo("3.0");
    assertThat(metric("fanfare_spans_dropped_total")).isEqualTo("0.0");
  }

  @Test
  void leavesAloneWhatNobodyWantsRecorded() throws Exception {
    open(Map.of("FANFARE_TRACING_SAMPLE_RATIO", "0"));
    webhook("/hook", 1);
    publish();
    await().until(() -> receiver.receipts().size() == 1);
    publish("traceparent", "00-" + TRACE_ID + "-" + SPAN_ID + "-00");
    await().until(() -> receiver.receipts().size() == 2);
    publish("traceparent", TRACEPARENT);
    awaitSpans(3);

    assertThat(receiver.receipts().get(0).headers()).doesNotContainKey("traceparent");
    assertThat(receiver.receipts().get(1).header("traceparent"))
        .startsWith("00-" + TRACE_ID)
        .endsWith("-00");
    shut();
    assertThat(collector.spans()).hasSize(3);
  }

  @Test
  void tellsOfAPublishThatWasRefusedAndOfABatch() throws Exception {
    open(Map.of("FANFARE_INGEST_DELIVERIES_PER_EVENT_MAX", "1"));
    JsonObject event = new JsonObject().put("event", "build.failed").put("data", new JsonObject());
    String batch = new JsonObject().put("events", new JsonArray().add(event).add(event)).encode();
    fanfare.calls().post("/api/events/batch", batch, "traceparent", TRACEPARENT);
    awaitSpans(2);
    assertThat(attribute(collector.spans("publish").get(0), "fanfare.events")).isEqualTo("2");

    webhook("/one", 1);
    webhook("/two", 1);
    publish("traceparent", TRACEPARENT);
    awaitSpans(3);
    Span refused = collector.spans("publish").get(1);
    assertThat(refused.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(refused.getStatus().getMessage()).contains("matches 2 webhooks");
    shut();
    assertThat(collector.spans("commit")).hasSize(1);
  }

  @Test
  void deliversAtItsUsualPaceWhileTheCollectorIsAway() throws Exception {
    collector.close();
    open(Map.of("FANFARE_TRACING_QUEUE_MAX", "10", "FANFARE_TRACING_BATCH_MAX", "10"));
    webhook("/hook", 1);
    for (int i = 0; i < 20; i++) {
      publish("traceparent", TRACEPARENT);
    }

    await().until(() -> receiver.receipts().size() == 20);
    await().until(() -> Double.parseDouble(metric("fanfare_spans_dropped_total")) >= 40);
    assertThat(metric("fanfare_spans_exported_total")).isEqualTo("0.0");
  }

  private String metric(String name) {
    return fanfare
        .calls()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("absent");
  }
}
