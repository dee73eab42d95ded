package io.fanfare.trace;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * The body of an export: {@code ExportTraceServiceRequest} of OTLP 1
 * (https://opentelemetry.io/docs/specs/otlp/), in binary form. The numbers are those of the fields
 * in {@code opentelemetry/proto/trace/v1/trace.proto} and its neighbours.
 */
final class OtlpRequest {
  private static final String SERVICE = "fanfare";
  private static final String SCOPE = "io.fanfare";
  private static final int STATUS_ERROR = 2;
  private static final int FLAG_SAMPLED = 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private OtlpRequest() {}

  static byte[] of(List<Span> spans) {
    ProtoMessage scopeSpans = new ProtoMessage().message(1, new ProtoMessage().text(1, SCOPE));
    spans.forEach(span -> scopeSpans.message(2, of(span)));
    ProtoMessage resource = new ProtoMessage().message(1, attribute("service.name", SERVICE));
    return new ProtoMessage()
        .message(1, new ProtoMessage().message(1, resource).message(2, scopeSpans))
        .toBytes();
  }

  private static ProtoMessage of(Span span) {
    HexFormat hex = HexFormat.of();
    ProtoMessage message =
        new ProtoMessage()
            .bytes(1, hex.parseHex(span.trace().traceId()))
            .bytes(2, hex.parseHex(span.trace().spanId()));
    if (span.parentSpanId() != null) {
      message.bytes(4, hex.parseHex(span.parentSpanId()));
    }
    message
        .text(5, span.name())
        .varint(6, span.kind().code())
        .fixed64(7, nanos(span.begin()))
        // A clock that was set back meanwhile must not make it end before it began.
        .fixed64(8, Math.max(nanos(span.begin()), nanos(span.end())));
    span.attributes().forEach((name, value) -> message.message(9, attribute(name, value)));
    if (span.error() != null) {
      message.message(15, new ProtoMessage().text(2, span.error()).varint(3, STATUS_ERROR));
    }
    return message.fixed32(16, FLAG_SAMPLED);
  }

  private static ProtoMessage attribute(String name, Object value) {
    ProtoMessage any = new ProtoMessage();
    if (value instanceof Number number) {
      any.varint(3, number.longValue());
    } else if (value instanceof Boolean flag) {
      any.varint(2, flag ? 1 : 0);
    } else {
      any.text(1, value.toString());
    }
    return new ProtoMessage().text(1, name).message(2, any);
  }

  private static long nanos(Instant moment) {
    return moment.getEpochSecond() * NANOS_PER_SECOND + moment.getNano();
  }
}
