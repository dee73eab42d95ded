package io.fanfare.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An answer that is an error (contract, section 4). Handlers throw it or fail their future with it;
 * the router turns it into the one error body. It carries no stack trace: it is an answer, not a
 * bug.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient List<FieldError> details;
  private final transient Map<String, String> headers;

  /**
   * @param status HTTP status
   * @param code machine code in snake case
   * @param message one sentence for a person, which says what to do
   * @param details the fields at fault; empty where none is
   * @param headers headers of the answer, such as {@code Retry-After}
   */
  public ApiException(
      int status,
      String code,
      String message,
      List<FieldError> details,
      Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.details = List.copyOf(details);
    this.headers = Map.copyOf(headers);
  }

  private ApiException(int status, String code, String message) {
    this(status, code, message, List.of(), Map.of());
  }

  /** 400: what was sent cannot be read at all. */
  public static ApiException malformed(String message) {
    return new ApiException(400, "malformed_request", message);
  }

  /** 400: fields or parameters are at fault, all of which are listed. */
  public static ApiException invalid(List<FieldError> details) {
    FieldError first = details.get(0);
    String message =
        details.size() == 1
            ? "'" + first.field() + "' " + first.message()
            : details.size()
                + " fields are invalid, the first is '"
                + first.field()
                + "': it "
                + first.message();
    return new ApiException(400, "invalid_request", message, details, Map.of());
  }

  /** 400: one field or parameter is at fault. */
  public static ApiException invalid(String field, String message) {
    return invalid(List.of(new FieldError(field, message)));
  }

  /** 401, with the challenge that RFC 9110 asks for. */
  public static ApiException unauthorized(String message) {
    return new ApiException(
        401,
        "unauthorized",
        message,
        List.of(),
        Map.of("WWW-Authenticate", "Bearer realm=\"fanfare\""));
  }

  /** 403: the key is good, and may not do this. */
  public static ApiException forbidden(String message) {
    return new ApiException(403, "forbidden", message);
  }

  /** 404 of an id that is unknown, deleted or of another project: one answer for all of them. */
  public static ApiException notFound(String what) {
    return new ApiException(
        404, "not_found", "there is no such " + what + "; check the id and the key's project");
  }

  /** 409 with a code of its own. */
  public static ApiException conflict(String code, String message) {
    return new ApiException(409, code, message);
  }

  /** 413. */
  public static ApiException tooLarge(String message) {
    return new ApiException(413, "too_large", message);
  }

  /** 429: try again after that time, which is rounded up to whole seconds. */
  public static ApiException tooMany(String message, Duration retryAfter) {
    return new ApiException(
        429, "too_many_requests", message, List.of(), Map.of("Retry-After", seconds(retryAfter)));
  }

  /** 503: try again after that time, which is rounded up to whole seconds. */
  public static ApiException unavailable(String message, Duration retryAfter) {
    return new ApiException(
        503, "unavailable", message, List.of(), Map.of("Retry-After", seconds(retryAfter)));
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  /** HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** Machine code of the answer. */
  public String code() {
    return code;
  }

  /** The fields at fault. */
  public List<FieldError> details() {
    return details;
  }

  /** Headers of the answer. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The error body. */
  public JsonObject body() {
    JsonObject body = new JsonObject().put("error", code).put("message", getMessage());
    if (!details.isEmpty()) {
      JsonArray list = new JsonArray();
      for (FieldError detail : details) {
        list.add(new JsonObject().put("field", detail.field()).put("message", detail.message()));
      }
      body.put("details", list);
    }
    return body;
  }
}
