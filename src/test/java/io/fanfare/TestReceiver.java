package io.fanfare;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** A receiver on loopback that keeps what it got, and answers each path as the test wants it. */
public final class TestReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Receipt> receipts = new CopyOnWriteArrayList<>();
  private final Map<String, BiConsumer<HttpServerRequest, Buffer>> answers =
      new ConcurrentHashMap<>();

  /** One request as it arrived. */
  public record Receipt(String path, Map<String, String> headers, Buffer body, long arrivedNanos) {
    /** A header by its lower-case name. */
    public String header(String name) {
      return String.valueOf(headers.get(name));
    }
  }

  private TestReceiver(Vertx vertx, int port) throws TimeoutException {
    this.server =
        vertx
            .createHttpServer()
            .requestHandler(this::receive)
            .listen(port, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  /** A receiver that answers 200 to everything. */
  public static TestReceiver start(Vertx vertx) throws TimeoutException {
    return new TestReceiver(vertx, 0);
  }

  /** The same on a certain port: one that comes back. */
  public static TestReceiver start(Vertx vertx, int port) throws TimeoutException {
    return new TestReceiver(vertx, port);
  }

  /** The URL of a path. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** The port. */
  public int port() {
    return server.actualPort();
  }

  /** Answers a path with this status and body from now on. */
  public void answer(String path, int status, String body) {
    answers.put(path, (request, got) -> request.response().setStatusCode(status).end(body));
  }

  /** Answers a path in any way from now on. */
  public void answer(String path, BiConsumer<HttpServerRequest, Buffer> handler) {
    answers.put(path, handler);
  }

  /** What arrived so far. */
  public List<Receipt> receipts() {
    return receipts;
  }

  /** What arrived at a path so far. */
  public List<Receipt> receipts(String path) {
    return receipts.stream().filter(receipt -> receipt.path().equals(path)).toList();
  }

  private void receive(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Map<String, String> headers = new ConcurrentHashMap<>();
              request
                  .headers()
                  .forEach(
                      (name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
              receipts.add(new Receipt(request.path(), headers, body, System.nanoTime()));
              BiConsumer<HttpServerRequest, Buffer> handler = answers.get(request.path());
              if (handler == null) {
                request.response().end("OK");
              } else {
                handler.accept(request, body);
              }
            });
  }

  @Override
  public void close() {
    server.close();
  }
}
