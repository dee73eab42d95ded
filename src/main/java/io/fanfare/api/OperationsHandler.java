package io.fanfare.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Health and metrics (contract, section 8); open unless {@code http.metrics_token} is set. */
final class OperationsHandler {
  private static final long CHECK_SECONDS = 2;
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final List<ReadinessCheck> checks;
  private final Supplier<String> metrics;
  private final String token;
  private final FailureLimit failures;

  OperationsHandler(
      List<ReadinessCheck> checks, Supplier<String> metrics, String token, FailureLimit failures) {
    this.checks = checks;
    this.metrics = metrics;
    this.token = token;
    this.failures = failures;
  }

  void addRoutes(Routes routes) {
    routes.getOpen("/health/live", context -> allowed(context, this::live));
    routes.getOpen("/health/ready", context -> allowed(context, this::ready));
    routes.getOpen(
        "/metrics",
        context ->
            allowed(
                context,
                () ->
                    context
                        .vertx()
                        .executeBlocking(metrics::get, false)
                        .map(text -> ApiResponse.text(METRICS_TYPE, Buffer.buffer(text)))));
  }

  private Future<ApiResponse> live() {
    return Future.succeededFuture(ApiResponse.ok(new JsonObject().put("status", "up")));
  }

  private Future<ApiResponse> ready() {
    List<Future<Boolean>> answers = checks.stream().map(OperationsHandler::holds).toList();
    return Future.all(answers)
        .map(
            all -> {
              JsonArray list = new JsonArray();
              boolean up = true;
              for (int i = 0; i < answers.size(); i++) {
                boolean holds = answers.get(i).result();
                up &= holds;
                list.add(
                    new JsonObject()
                        .put("name", checks.get(i).name())
                        .put("status", holds ? "up" : "down"));
              }
              JsonObject body = new JsonObject();
              if (!up) {
                body.put("error", "not_ready")
                    .put("message", "the service takes no traffic at the moment; retry");
              }
              body.put("status", up ? "up" : "down").put("checks", list);
              return up
                  ? ApiResponse.ok(body)
                  : ApiResponse.of(503, body).withHeader("Retry-After", "2");
            });
  }

  private static Future<Boolean> holds(ReadinessCheck check) {
    return Future.succeededFuture()
        .compose(start -> check.holds().get())
        .timeout(CHECK_SECONDS, TimeUnit.SECONDS)
        .map(true)
        .otherwise(false);
  }

  private Future<ApiResponse> allowed(
      RoutingContext context, Supplier<Future<ApiResponse>> handler) {
    if (!token.isEmpty()) {
      String header = context.request().getHeader("Authorization");
      if (header == null) {
        return Future.failedFuture(unauthorized());
      }
      byte[] given = header.getBytes(StandardCharsets.UTF_8);
      byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
      if (!MessageDigest.isEqual(given, expected)) {
        // Chosen by a person, it is easier to guess than an API key.
        Duration wait = failures.failed(context.request().remoteAddress().hostAddress());
        return Future.failedFuture(
            wait.isZero()
                ? unauthorized()
                : ApiException.tooMany("too many wrong tokens from this address; wait", wait));
      }
    }
    return handler.get();
  }

  private static ApiException unauthorized() {
    return ApiException.unauthorized("send http.metrics_token as 'Authorization: Bearer TOKEN'");
  }
}
