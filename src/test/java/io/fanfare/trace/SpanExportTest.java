package io.fanfare.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.config.TracingConfig;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets, and what becomes of spans that it does not take. */
class SpanExportTest {
  private static final int QUEUE = 6;
  private static final int BATCH = 3;
  private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05.000000678Z");

  private final Vertx vertx = Vertx.vertx();
  private final CountingListener counts = new CountingListener();
  private final SpanQueue queue = new SpanQueue(QUEUE, BATCH, counts);
  private final Tracing tracing = Tracing.into(queue, 1);
  private Collector collector;

  @BeforeEach
  void start() throws TimeoutException {
    collector = Collector.start(vertx);
  }

  @AfterEach
  void stop() throws TimeoutException {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private String export() throws TimeoutException {
    return export(Duration.ofSeconds(5));
  }

  private String export(Duration timeout) throws TimeoutException {
    TracingConfig config =
        new TracingConfig(
            collector.endpoint(), List.of("api-key: secret"), 1, QUEUE, BATCH, timeout);
    return vertx
        .deployVerticle(new SpanExportVerticle(config, queue, counts), SpanExportVerticle.options())
        .await(10, TimeUnit.SECONDS);
  }

  private Span add(String name) {
    Span span =
        new Span(
            Trace.begin(),
            null,
            name,
            Span.Kind.INTERNAL,
            BEGIN,
            BEGIN.plusNanos(5),
            Map.of(),
            null);
    tracing.ended(span);
    return span;
  }

  @Test
  void sendsEverythingThatASpanSays() throws Exception {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("text", "é".repeat(20_000));
    attributes.put("large", Long.MAX_VALUE);
    attributes.put("negative", -1);
    attributes.put("yes", true);
    attributes.put("no", false);
    Trace trace = Trace.begin();
    Span failed =
        new Span(
            trace.child(),
            trace.spanId(),
            "attempt",
            Span.Kind.CLIENT,
            BEGIN,
            BEGIN.minusSeconds(1),
            attributes,
            "HTTP 500: Internal Server Error");
    tracing.ended(failed);
    Span fine = add("fine");
    export();

    await().until(() -> collector.spans().size() == 2);
    ResourceSpans received = collector.received().get(0);
    assertThat(received.getResource().getAttributes(0).getKey()).isEqualTo("service.name");
    assertThat(received.getResource().getAttributes(0).getValue().getStringValue())
        .isEqualTo("fanfare");
    assertThat(received.getScopeSpans(0).getScope().getName()).isEqualTo("io.fanfare");
    var span = collector.spans("attempt").get(0);
    assertThat(Collector.hex(span.getTraceId())).isEqualTo(trace.traceId());
    assertThat(Collector.hex(span.getSpanId())).isEqualTo(failed.trace().spanId());
    assertThat(Collector.hex(span.getParentSpanId())).isEqualTo(trace.spanId());
    assertThat(span.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
    long nanos = BEGIN.getEpochSecond() * 1_000_000_000 + 678;
    assertThat(span.getStartTimeUnixNano()).isEqualTo(nanos);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(nanos);
    assertThat(span.getFlags()).isEqualTo(1);
    assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
    assertThat(span.getStatus().getMessage()).isEqualTo(failed.error());
    attributes.forEach(
        (name, value) ->
            assertThat(Collector.attribute(span, name)).isEqualTo(String.valueOf(value)));
    assertThat(span.getUnknownFields().asMap()).isEmpty();
    var other = collector.spans("fine").get(0);
    assertThat(Collector.hex(other.getSpanId())).isEqualTo(fine.trace().spanId());
    assertThat(other.getParentSpanId()).isEmpty();
    assertThat(other.getEndTimeUnixNano()).isEqualTo(nanos + 5);
    assertThat(other.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(collector.headers())
        .contains(Map.entry("api-key", "secret"))
        .contains(Map.entry("content-type", "application/x-protobuf"));
    assertThat(counts.exported()).isEqualTo(2);
  }

  @Test
  void dropsAndCountsWhatHasNoRoom() throws Exception {
    for (int i = 0; i < QUEUE + 4; i++) {
      add("span " + i);
    }
    assertThat(counts.dropped()).isEqualTo(4);
    export();

    await().until(() -> counts.exported() == QUEUE);
    assertThat(collector.spans().stream().map(span -> span.getName()))
        .containsExactly("span 0", "span 1", "span 2", "span 3", "span 4", "span 5");
    assertThat(collector.received()).hasSize(QUEUE / BATCH);
    assertThat(counts.dropped()).isEqualTo(4);
  }

  @Test
  void sendsAgainWhatACollectorCannotTakeNow() throws Exception {
    collector.answer(503, 429);
    Span span = add("patient");
    export();

    await().until(() -> counts.exported() == 1);
    assertThat(collector.spans()).hasSize(1);
    assertThat(Collector.hex(collector.spans().get(0).getSpanId()))
        .isEqualTo(span.trace().spanId());
    assertThat(counts.dropped()).isZero();
  }

  @Test
  void dropsWhatACollectorRefusesAndGoesOn() throws Exception {
    collector.answer(400);
    add("refused");
    export();
    await().until(() -> counts.dropped() == 1);
    add("next");

    await().until(() -> counts.exported() == 1);
    assertThat(collector.spans("next")).hasSize(1);
    assertThat(collector.spans()).hasSize(1);
  }

  @Test
  void waitsNoLongerThanItsTimeForAnAnswer() throws Exception {
    collector.answer(0);
    add("patient");
    export(Duration.ofMillis(200));

    await().until(() -> counts.exported() == 1);
    assertThat(collector.unanswered()).hasSize(1);
    assertThat(collector.spans("patient")).hasSize(1);
  }

  @Test
  void sendsWhatIsLeftWhenItStops() throws Exception {
    String deployment = export();
    for (int i = 0; i < 2 * BATCH - 1; i++) {
      add("last");
    }
    vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);

    assertThat(collector.spans("last")).hasSize(2 * BATCH - 1);
    assertThat(counts.exported()).isEqualTo(2 * BATCH - 1);
  }

  @Test
  void countsWhatIsLeftWhereTheCollectorIsAwayAtTheEnd() throws Exception {
    collector.close();
    String deployment = export();
    add("lost");
    add("lost");
    vertx.undeploy(deployment).await(10, TimeUnit.SECONDS);

    assertThat(counts.dropped()).isEqualTo(2);
  }
}
