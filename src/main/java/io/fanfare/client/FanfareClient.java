package io.fanfare.client;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls the REST API of a Fanfare service with one token. A future fails with {@link
 * RefusedException} for any answer that is not 2xx.
 */
public final class FanfareClient {
  // A stream without news has comments far more often; who hears none has no connection any more.
  private static final int SILENCE_SECONDS = 150;

  private final WebClient client;
  private final HttpClientAgent streams;
  private final String host;
  private final int port;
  private final boolean ssl;
  private final String token;

  /** An answer that was not 2xx. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  /**
   * A client of the service at this address.
   *
   * @param token the API key's
   */
  public FanfareClient(Vertx vertx, String host, int port, String token) {
    this(vertx, host, port, false, token);
  }

  /** The same, over TLS if {@code ssl} says so. */
  public FanfareClient(Vertx vertx, String host, int port, boolean ssl, String token) {
    this.host = host;
    this.port = port;
    this.ssl = ssl;
    this.streams =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setIdleTimeout(SILENCE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setDefaultHost(host)
                .setDefaultPort(port)
                .setSsl(ssl)
                .setFollowRedirects(false)
                .setUserAgent("fanfare-client"));
    this.token = token;
  }

  /** {@code GET}. */
  public Future<JsonObject> get(String path) {
    return send(request(HttpMethod.GET, path), null).map(FanfareClient::json);
  }

  /** {@code POST} of a JSON object. */
  public Future<JsonObject> post(String path, JsonObject body) {
    return send(request(HttpMethod.POST, path), body.toBuffer()).map(FanfareClient::json);
  }

  /** {@code POST} of bytes that are JSON. */
  public Future<JsonObject> post(String path, Buffer json) {
    return send(request(HttpMethod.POST, path), json).map(FanfareClient::json);
  }

  /** {@code PUT} of a JSON object. */
  public Future<JsonObject> put(String path, JsonObject body) {
    return send(request(HttpMethod.PUT, path), body.toBuffer()).map(FanfareClient::json);
  }

  /** {@code DELETE}. */
  public Future<JsonObject> delete(String path) {
    return send(request(HttpMethod.DELETE, path), null).map(FanfareClient::json);
  }

  /**
   * Reads a stream of server-sent events until one of both sides ends it.
   *
   * @param opened run when the service has begun it
   * @param events each event as it comes
   * @return completes when the stream has ended, also where the connection broke; fails where it
   *     was not opened
   */
  public Future<Void> stream(String path, Runnable opened, Handler<StreamedEvent> events) {
    return streams
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(host)
                .setPort(port)
                .setSsl(ssl)
                .setURI(path)
                .putHeader("Authorization", "Bearer " + token)
                .putHeader("Accept", "text/event-stream"))
        .compose(HttpClientRequest::send)
        .compose(answer -> read(answer, opened, events));
  }

  private static Future<Void> read(
      HttpClientResponse answer, Runnable opened, Handler<StreamedEvent> events) {
    if (answer.statusCode() != 200) {
      return answer
          .body()
          .compose(
              body ->
                  Future.failedFuture(
                      new RefusedException(
                          answer.statusCode(), answer.statusCode() + ": " + body)));
    }
    opened.run();
    SseParser parser = new SseParser(events);
    Promise<Void> ended = Promise.promise();
    answer.exceptionHandler(broken -> ended.tryComplete());
    answer.endHandler(end -> ended.tryComplete());
    answer.handler(
        bytes -> {
          try {
            parser.add(bytes);
          } catch (IllegalStateException malformed) {
            ended.tryFail(malformed);
            answer.request().reset();
          }
        });
    return ended.future();
  }

  /** Any request; completes with the answer whatever its status. */
  public Future<HttpResponse<Buffer>> raw(HttpMethod method, String path, Buffer body) {
    return request(method, path).sendBuffer(body);
  }

  /** Closes its connections. */
  public void close() {
    client.close();
    streams.close();
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path) {
    return client
        .request(method, path)
        .putHeader("Authorization", "Bearer " + token)
        .putHeader("Content-Type", "application/json");
  }

  private static Future<HttpResponse<Buffer>> send(
      HttpRequest<Buffer> request, @Nullable Buffer body) {
    Future<HttpResponse<Buffer>> sent = body == null ? request.send() : request.sendBuffer(body);
    return sent.compose(
        answer ->
            answer.statusCode() / 100 == 2
                ? Future.succeededFuture(answer)
                : Future.failedFuture(
                    new RefusedException(
                        answer.statusCode(), answer.statusCode() + ": " + answer.bodyAsString())));
  }

  private static JsonObject json(HttpResponse<Buffer> answer) {
    return answer.bodyAsJsonObject();
  }
}
