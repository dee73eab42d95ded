package io.fanfare.faults;

import io.fanfare.faults.History.Got;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A receiver on loopback that keeps what it got with what it answered; 200 where nobody says. */
final class FaultReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Got> got = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> requests = new ConcurrentHashMap<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /** What a path answers. */
  interface Answer {
    /**
     * The status.
     *
     * @param n how often this delivery has arrived, this time included
     */
    int status(String delivery, int n);
  }

  private FaultReceiver(Vertx vertx) throws TimeoutException {
    server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.body().onSuccess(body -> receive(request, body)))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  static FaultReceiver start(Vertx vertx) throws TimeoutException {
    return new FaultReceiver(vertx);
  }

  void answer(String path, Answer answer) {
    answers.put(path, answer);
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  int port() {
    return server.actualPort();
  }

  /** How many requests have arrived at all. */
  int count() {
    return got.size();
  }

  /** Keeps nothing of what has arrived. */
  void forget() {
    got.clear();
    requests.clear();
  }

  /** What arrived at a path, in order. */
  List<Got> got(String path) {
    return got.stream().filter(g -> g.path().equals(path)).toList();
  }

  /** What arrived at all of these, in order. */
  List<Got> got(List<History.Hook> hooks) {
    List<String> paths = hooks.stream().map(History.Hook::path).toList();
    return got.stream().filter(g -> paths.contains(g.path())).toList();
  }

  private void receive(HttpServerRequest request, Buffer body) {
    String delivery = String.valueOf(request.getHeader("x-trae-delivery"));
    Map<String, String> headers = new HashMap<>();
    request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    Answer answer = answers.getOrDefault(request.path(), (id, n) -> 200);
    int status = answer.status(delivery, requests.merge(delivery, 1, Integer::sum));
    // Before the answer: who knows that it was answered must find it here.
    got.add(
        new Got(
            request.path(), delivery, body, Histories.signed(headers), System.nanoTime(), status));
    request.response().setStatusCode(status).end("OK");
  }

  @Override
  public void close() {
    server.close();
  }
}
