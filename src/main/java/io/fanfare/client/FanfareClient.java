package io.fanfare.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import org.jspecify.annotations.Nullable;

/**
 * Calls the REST API of a Fanfare service with one token. A future fails with {@link
 * RefusedException} for any answer that is not 2xx.
 */
public final class FanfareClient {
  private final WebClient client;
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
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setDefaultHost(host)
                .setDefaultPort(port)
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

  /** Any request; completes with the answer whatever its status. */
  public Future<HttpResponse<Buffer>> raw(HttpMethod method, String path, Buffer body) {
    return request(method, path).sendBuffer(body);
  }

  /** Closes its connections. */
  public void close() {
    client.close();
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
