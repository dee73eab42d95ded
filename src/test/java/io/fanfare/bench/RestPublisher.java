package io.fanfare.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** Publishes over REST. */
final class RestPublisher {
  private static final int ACCEPTED = 202;
  private static final int CONNECTIONS_MAX = 1_024;

  private final HttpClientAgent client;
  private final int port;
  private final String token;

  RestPublisher(Vertx vertx, int port, String token) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setTcpNoDelay(true),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX));
    this.port = port;
    this.token = token;
  }

  /** One event; completes with whether it was accepted. */
  Future<Boolean> publish(String type, String project, String data) {
    return post("/api/events", event(type, project, data));
  }

  /** A body of {@code POST /api/events/batch}; completes with whether it was accepted. */
  Future<Boolean> publishBatch(String body) {
    return post("/api/events/batch", body);
  }

  /** One event as the API takes it. */
  static String event(String type, String project, String data) {
    return "{\"event\":\"" + type + "\",\"project_id\":\"" + project + "\",\"data\":" + data + "}";
  }

  private Future<Boolean> post(String path, String body) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI(path)
                .putHeader("Authorization", "Bearer " + token)
                .putHeader("Content-Type", "application/json"))
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(response -> response.end().map(response.statusCode() == ACCEPTED));
  }
}
