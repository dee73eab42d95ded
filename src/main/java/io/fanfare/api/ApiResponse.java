package io.fanfare.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer: status, headers and a body.
 *
 * @param body JSON unless a {@code Content-Type} header says otherwise
 */
public record ApiResponse(int status, Map<String, String> headers, Buffer body) {

  /** An answer with a JSON body. */
  public static ApiResponse of(int status, JsonObject body) {
    return new ApiResponse(status, Map.of(), body.toBuffer());
  }

  /** 200 with a JSON body. */
  public static ApiResponse ok(JsonObject body) {
    return of(200, body);
  }

  /** 200 with a body that is JSON already. */
  public static ApiResponse ok(Buffer json) {
    return new ApiResponse(200, Map.of(), json);
  }

  /** 201. */
  public static ApiResponse created(JsonObject body) {
    return of(201, body);
  }

  /** 202. */
  public static ApiResponse accepted(JsonObject body) {
    return of(202, body);
  }

  /** 202 with a body that is JSON already. */
  public static ApiResponse accepted(Buffer json) {
    return new ApiResponse(202, Map.of(), json);
  }

  /** An error. */
  public static ApiResponse of(ApiException error) {
    return new ApiResponse(error.status(), error.headers(), error.body().toBuffer());
  }

  /** 200 with text of another type. */
  public static ApiResponse text(String contentType, Buffer body) {
    return new ApiResponse(200, Map.of("Content-Type", contentType), body);
  }

  /** The same with one more header. */
  public ApiResponse withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new ApiResponse(status, more, body);
  }
}
