package io.fanfare.api;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * Lets pages of named origins call the API (CORS, https://fetch.spec.whatwg.org). Requests of other
 * origins are served as ever: it is their browser that keeps the answer from the page.
 */
final class CrossOrigin implements Handler<RoutingContext> {
  private final Set<String> origins;

  CrossOrigin(java.util.Collection<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  @Override
  public void handle(RoutingContext context) {
    if (origins.isEmpty()) {
      context.next();
      return;
    }
    var response = context.response();
    response.putHeader("Vary", "Origin");
    String origin = context.request().getHeader("Origin");
    if (origin == null || !origins.contains(origin)) {
      context.next();
      return;
    }
    response
        .putHeader("Access-Control-Allow-Origin", origin)
        .putHeader("Access-Control-Expose-Headers", "Retry-After, Allow");
    if (context.request().method().equals(HttpMethod.OPTIONS)
        && context.request().headers().contains("Access-Control-Request-Method")) {
      response
          .putHeader("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
          .putHeader(
              "Access-Control-Allow-Headers",
              "Authorization, Content-Type, Idempotency-Key, traceparent")
          .putHeader("Access-Control-Max-Age", "600")
          .setStatusCode(204)
          .end();
    } else {
      context.next();
    }
  }
}
