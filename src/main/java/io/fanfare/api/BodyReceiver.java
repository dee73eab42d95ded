package io.fanfare.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;

/**
 * Receives the body of a request that is paused, within limits that hold while it arrives. What is
 * beyond a limit is read and dropped, so that the client can read the answer; the read deadline of
 * {@link ConnectionWatch} ends that.
 */
final class BodyReceiver {
  private final HttpServerRequest request;
  private final long bytesMax;
  private final BodyBudget budget;
  private final Promise<Buffer> received = Promise.promise();
  private Buffer body = Buffer.buffer();
  private int taken;
  private boolean over;

  private BodyReceiver(HttpServerRequest request, long bytesMax, BodyBudget budget) {
    this.request = request;
    this.bytesMax = bytesMax;
    this.budget = budget;
  }

  /**
   * The whole body. On success as many bytes as it has are taken from the budget, and the caller
   * gives them back; on failure nothing is taken.
   *
   * @return fails with an {@link ApiException} of 413, 415 or 503, or because the client went away
   */
  static Future<Buffer> receive(HttpServerRequest request, long bytesMax, BodyBudget budget) {
    if (!hasBody(request)) {
      return Future.succeededFuture(Buffer.buffer());
    }
    try {
      requireJson(request);
    } catch (ApiException e) {
      return Future.failedFuture(e);
    }
    return new BodyReceiver(request, bytesMax, budget).start();
  }

  /** Whether a body follows the head (RFC 9112, section 6.3). */
  static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return request.headers().contains("Transfer-Encoding")
        || (length != null && !length.equals("0"));
  }

  private static void requireJson(HttpServerRequest request) {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw unsupported("send the body without Content-Encoding");
    }
    String type = request.getHeader("Content-Type");
    if (type == null) {
      return;
    }
    String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals("application/json")) {
      throw unsupported("send the body as 'Content-Type: application/json'");
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        throw unsupported("send the body in UTF-8");
      }
    }
  }

  private static ApiException unsupported(String message) {
    return new ApiException(
        415, "unsupported_media_type", message, java.util.List.of(), java.util.Map.of());
  }

  private Future<Buffer> start() {
    request.exceptionHandler(this::fail);
    request.endHandler(
        end -> {
          over = true;
          received.tryComplete(body);
        });
    request.handler(this::chunk);
    String length = request.getHeader("Content-Length");
    if (length != null && (length.length() > 18 || Long.parseLong(length) > bytesMax)) {
      fail(tooLarge());
    }
    request.resume();
    return received.future();
  }

  private void chunk(Buffer chunk) {
    if (over) {
      return;
    }
    if (body.length() + (long) chunk.length() > bytesMax) {
      fail(tooLarge());
    } else if (!budget.take(chunk.length())) {
      fail(
          ApiException.unavailable(
              "the service has no room for more at the moment; retry",
              java.time.Duration.ofSeconds(1)));
    } else {
      taken += chunk.length();
      body.appendBuffer(chunk);
    }
  }

  private ApiException tooLarge() {
    return ApiException.tooLarge(
        "the body is too large; at most " + bytesMax + " bytes are allowed");
  }

  private void fail(Throwable cause) {
    if (!over) {
      over = true;
      budget.give(taken);
      body = Buffer.buffer();
      received.tryFail(cause);
    }
  }
}
