package io.fanfare.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for {@code traceparent} of W3C Trace Context, and its examples. */
class TraceTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN_ID = "00f067aa0ba902b7";

  @ParameterizedTest
  @CsvSource({
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, false",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03, true",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe, false",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be, true",
  })
  void readsAValidOne(String text, boolean sampled) {
    assertThat(Trace.parse(text)).isEqualTo(new Trace(TRACE_ID, SPAN_ID, sampled));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.x",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
      })
  void takesAnInvalidOneForNone(String text) {
    assertThat(Trace.parse(text)).isNull();
  }

  @Test
  void writesWhatItReads() {
    String text = "00-" + TRACE_ID + '-' + SPAN_ID + "-01";
    assertThat(new Trace(TRACE_ID, SPAN_ID, true).traceparent()).isEqualTo(text);
    Trace quiet = new Trace(TRACE_ID, SPAN_ID, false);
    assertThat(Trace.parse(quiet.traceparent())).isEqualTo(quiet);
  }

  @Test
  void everySpanHasAnIdOfItsOwn() {
    Trace parent = new Trace(TRACE_ID, SPAN_ID, false);
    Set<String> spans = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      Trace child = parent.child();
      assertThat(Trace.parse(child.traceparent())).isEqualTo(child);
      assertThat(child.traceId()).isEqualTo(TRACE_ID);
      assertThat(child.sampled()).isFalse();
      spans.add(child.spanId());
    }
    assertThat(spans).hasSize(1_000).doesNotContain(SPAN_ID);
    Trace first = Trace.begin();
    assertThat(Trace.parse(first.traceparent())).isEqualTo(first);
    assertThat(first.sampled()).isTrue();
  }

  @Test
  void onlyWhatIsRecordedGetsASpanOfOurs() {
    SpanQueue queue = new SpanQueue(1, 1, new CountingListener());
    Trace sampled = new Trace(TRACE_ID, SPAN_ID, true);
    Trace quiet = new Trace(TRACE_ID, SPAN_ID, false);

    assertThat(Tracing.OFF.join(sampled)).isSameAs(sampled);
    assertThat(Tracing.OFF.join(null)).isNull();
    assertThat(Tracing.into(queue, 1).join(quiet)).isSameAs(quiet);
    Trace joined = Tracing.into(queue, 0).join(sampled);
    assertThat(joined.traceId()).isEqualTo(TRACE_ID);
    assertThat(joined.spanId()).isNotEqualTo(SPAN_ID);
    assertThat(Tracing.into(queue, 0).join(null)).isNull();
    assertThat(Tracing.into(queue, 1).join(null).sampled()).isTrue();
  }
}
