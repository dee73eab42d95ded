package io.fanfare.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fanfare.id.IdKind;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.json.StrictJson;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** A request of a known caller, on the event loop of its connection. */
public final class ApiRequest {
  // Parsing this much takes well under a millisecond; more of it goes to a worker.
  private static final int PARSED_ON_LOOP_MAX = 64 << 10;

  private final RoutingContext context;
  private final Caller caller;
  private final long bodyBytesMax;

  ApiRequest(RoutingContext context, Caller caller, long bodyBytesMax) {
    this.context = context;
    this.caller = caller;
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Who calls. */
  public Caller caller() {
    return caller;
  }

  /** A part of the path, decoded. */
  public String pathPart(String name) {
    return context.pathParam(name);
  }

  /**
   * The id in a part of the path.
   *
   * @param what the word for a person, such as {@code webhook}
   * @throws ApiException 404 where it cannot be one
   */
  public UUID id(String part, IdKind kind, String what) {
    return kind.parse(pathPart(part)).orElseThrow(() -> ApiException.notFound(what));
  }

  /** Whether only the head of the answer is wanted. */
  boolean isHead() {
    return context.request().method().equals(HttpMethod.HEAD);
  }

  /** The query; read all its parameters, then call {@link QueryReader#end}. */
  public QueryReader query() {
    return QueryReader.of(context.request().uri());
  }

  /** For a route without parameters: refuses any. */
  public void noQuery() {
    if (context.request().query() != null) {
      query().end();
    }
  }

  /** A header; empty where it is absent. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.request().getHeader(name));
  }

  /** A header that says something only where it is there once; else empty. */
  public Optional<String> onlyHeader(String name) {
    String first = context.request().getHeader(name);
    if (first == null) {
      return Optional.empty();
    }
    List<String> values = context.request().headers().getAll(name);
    return values.size() == 1 ? Optional.of(first) : Optional.empty();
  }

  /**
   * The bytes of a JSON body, not yet looked at; empty where there is no body.
   *
   * @return fails with an {@link ApiException}: 413 when it is too large, 415 when it is no JSON by
   *     its headers
   */
  public Future<Buffer> body() {
    return body(BodyBudget.unlimited());
  }

  /**
   * The same under a budget. On success the bytes of the body are taken from it and the caller
   * gives them back; on failure none are. 503 when there is no room.
   */
  public Future<Buffer> body(BodyBudget budget) {
    return BodyReceiver.receive(context.request(), bodyBytesMax, budget);
  }

  /**
   * The body as JSON.
   *
   * @return fails with an {@link ApiException}: 400 when it is none
   */
  public Future<JsonNode> json() {
    return parsed(ApiRequest::parseNow);
  }

  /**
   * What a parser makes of the body's bytes, of which there may be none. A large body is parsed on
   * a worker: it would hold up every other connection of this loop.
   */
  public <T> Future<T> parsed(Function<byte[], T> parser) {
    return body()
        .compose(
            bytes ->
                bytes.length() <= PARSED_ON_LOOP_MAX
                    ? Future.succeededFuture(parser.apply(bytes.getBytes()))
                    : vertx().executeBlocking(() -> parser.apply(bytes.getBytes()), false));
  }

  private static JsonNode parseNow(byte[] bytes) {
    try {
      return StrictJson.tree(bytes);
    } catch (InvalidJsonException e) {
      throw ApiException.malformed(e.getMessage());
    }
  }

  /** The answer, for a route that sends it itself. */
  HttpServerResponse response() {
    return context.response();
  }

  /** The Vert.x that serves it. */
  public Vertx vertx() {
    return context.vertx();
  }

  /** The context of the event loop that serves it. */
  public Context loop() {
    return vertx().getOrCreateContext();
  }
}
