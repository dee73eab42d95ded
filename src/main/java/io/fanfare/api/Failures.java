package io.fanfare.api;

import io.fanfare.database.FateUnknownException;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.VertxException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a failed request is answered. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  // SQLSTATE classes of a database that is away, full, ending, read-only or in conflict: the same
  // request can succeed later. https://www.postgresql.org/docs/current/errcodes-appendix.html
  private static final Set<String> PASSING = Set.of("08", "25", "40", "53", "54", "55", "57", "58");

  private Failures() {}

  /** The answer to a failure; what is a surprise is logged. */
  static ApiException toError(Throwable failure) {
    if (failure instanceof ApiException error) {
      return error;
    }
    if (failure instanceof HttpException http) {
      return ofStatus(http.getStatusCode());
    }
    if (failure instanceof ReplyException reply && reply.failureCode() >= 400) {
      return new ApiException(
          reply.failureCode(),
          codeOf(reply.failureCode()),
          String.valueOf(reply.getMessage()),
          List.of(),
          Map.of());
    }
    if (failure instanceof HttpClosedException) {
      LOG.debug("the client went away", failure);
      return ofStatus(400);
    }
    if (passes(failure)) {
      LOG.warn("a request failed because the database did not answer: {}", failure.toString());
      return ApiException.unavailable("the database does not answer; retry", RETRY_AFTER);
    }
    LOG.error("a request failed unexpectedly", failure);
    return ofStatus(500);
  }

  private static boolean passes(Throwable failure) {
    if (failure instanceof DatabaseException database) {
      String state = database.getSqlState();
      return state == null || state.length() < 2 || PASSING.contains(state.substring(0, 2));
    }
    // The pool fails with bare VertxExceptions when a connection broke or none became free.
    return failure instanceof FateUnknownException
        || failure instanceof TimeoutException
        || failure instanceof ConnectTimeoutException
        || failure instanceof IOException
        || failure instanceof VertxException;
  }

  /** The error of a status that the web layer gave. */
  static ApiException ofStatus(int status) {
    return new ApiException(status, codeOf(status), messageOf(status), List.of(), Map.of());
  }

  private static String codeOf(int status) {
    return switch (status) {
      case 400 -> "malformed_request";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not_found";
      case 405 -> "method_not_allowed";
      case 408 -> "request_timeout";
      case 409 -> "conflict";
      case 413 -> "too_large";
      case 414 -> "uri_too_long";
      case 415 -> "unsupported_media_type";
      case 429 -> "too_many_requests";
      case 431 -> "headers_too_large";
      case 503 -> "unavailable";
      default -> status < 500 ? "malformed_request" : "internal_error";
    };
  }

  private static String messageOf(int status) {
    return switch (status) {
      case 404 -> "there is nothing at this path; /docs lists the routes";
      case 405 ->
          "this path does not know this method; the header 'Allow' lists those that it does";
      case 408 -> "the request did not arrive in time; send it again";
      case 413 -> "the request is too large";
      case 414 -> "the request line is too long";
      case 431 -> "the request headers are too large";
      case 503 -> "the service cannot answer at the moment; retry";
      default ->
          status < 500
              ? "the request cannot be read; check its path and headers"
              : "the service made a mistake; its log says more";
    };
  }
}
