package io.fanfare.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers that come when something has happened, so that whoever waits for it asks once. What a
 * benchmark waits for are sums of many threads, which tell nobody when they grow: they are looked
 * at here, every millisecond, where a look costs next to nothing.
 */
final class Reply {
  private static final long LOOK_MILLIS = 1;

  private Reply() {}

  /** Answers once it has happened, or never where the connection is closed before. */
  static void once(
      Vertx vertx, HttpServerRequest request, BooleanSupplier happened, Supplier<String> body) {
    if (happened.getAsBoolean()) {
      request.response().end(body.get());
    } else if (!request.response().closed()) {
      vertx.setTimer(LOOK_MILLIS, tick -> once(vertx, request, happened, body));
    }
  }
}
