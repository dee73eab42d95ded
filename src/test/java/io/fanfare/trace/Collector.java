package io.fanfare.trace;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A collector on loopback: reads what arrives with the classes that OpenTelemetry publishes. */
public final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final List<Map.Entry<String, String>> headers = new CopyOnWriteArrayList<>();
  private final List<ResourceSpans> received = new CopyOnWriteArrayList<>();
  private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
  private final List<HttpServerRequest> unanswered = new CopyOnWriteArrayList<>();

  private Collector(Vertx vertx) throws TimeoutException {
    server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.body().onSuccess(body -> receive(request, body)))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  /** A collector that takes everything. */
  public static Collector start(Vertx vertx) throws TimeoutException {
    return new Collector(vertx);
  }

  /** For {@code tracing.endpoint}. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** Answers the next requests with these, and takes nothing of them but 2xx; 0 is no answer. */
  void answer(Integer... statuses) {
    answers.addAll(List.of(statuses));
  }

  /** Requests that were left without an answer. */
  List<HttpServerRequest> unanswered() {
    return unanswered;
  }

  /** What it has taken, request by request. */
  List<ResourceSpans> received() {
    return received;
  }

  /** The headers of all requests. */
  List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The spans that it has taken. */
  public List<Span> spans() {
    return received.stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  /** The spans of this name. */
  public List<Span> spans(String name) {
    return spans().stream().filter(span -> span.getName().equals(name)).toList();
  }

  /** An id in hex. */
  public static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  /** An attribute as text; null where it is missing. */
  public static String attribute(Span span, String name) {
    return span.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(name))
        .map(attribute -> text(attribute.getValue()))
        .findFirst()
        .orElse(null);
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> throw new AssertionError("an attribute of another kind: " + value);
    };
  }

  private void receive(HttpServerRequest request, Buffer body) {
    request.headers().forEach((name, value) -> headers.add(Map.entry(name, value)));
    Integer status = answers.poll();
    if (status != null && status == 0) {
      unanswered.add(request);
      return;
    }
    if (!request.path().equals("/v1/traces")) {
      request.response().setStatusCode(404).end();
      return;
    }
    if (status == null || status / 100 == 2) {
      try {
        received.addAll(
            ExportTraceServiceRequest.parseFrom(body.getBytes()).getResourceSpansList());
      } catch (InvalidProtocolBufferException e) {
        request.response().setStatusCode(400).end();
        return;
      }
    }
    request.response().setStatusCode(status == null ? 200 : status).end();
  }

  @Override
  public void close() throws TimeoutException {
    server.close().await(10, TimeUnit.SECONDS);
  }
}
