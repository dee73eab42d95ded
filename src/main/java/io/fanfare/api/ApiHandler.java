package io.fanfare.api;

import io.vertx.core.Future;

/** Answers requests of one route. */
@FunctionalInterface
public interface ApiHandler {
  /**
   * Called on the event loop of the connection. An {@link ApiException}, thrown or in the future,
   * is the answer; a failure of the database is answered 503, and anything else 500.
   */
  Future<ApiResponse> handle(ApiRequest request);
}
