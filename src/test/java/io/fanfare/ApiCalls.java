package io.fanfare;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Calls the API as a stranger does: over HTTP, with any method, body and token. Blocks until the
 * answer is there, whatever its status.
 */
public final class ApiCalls {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final String token;

  /** Calls with this token unless another one is given. */
  public ApiCalls(int port, String token) {
    this.port = port;
    this.token = token;
  }

  /** The same service called with another token. */
  public ApiCalls as(String otherToken) {
    return new ApiCalls(port, otherToken);
  }

  /** {@code GET}. */
  public Answer get(String path) {
    return call("GET", path, null, token);
  }

  /** {@code POST} of a JSON object. */
  public Answer post(String path, JsonObject body) {
    return call("POST", path, body.encode(), token);
  }

  /** {@code POST} of a text that may be no JSON. */
  public Answer post(String path, String body, String... headers) {
    return call("POST", path, body, token, headers);
  }

  /** {@code POST} of bytes that may be no text. */
  public Answer post(String path, byte[] body, String... headers) {
    return call("POST", path, BodyPublishers.ofByteArray(body), true, token, headers);
  }

  /** {@code PUT} of a JSON object. */
  public Answer put(String path, JsonObject body) {
    return call("PUT", path, body.encode(), token);
  }

  /** {@code DELETE}. */
  public Answer delete(String path) {
    return call("DELETE", path, null, token);
  }

  /** Any request of this caller; {@code body} may be null. */
  public Answer call(String method, String path, String body) {
    return call(method, path, body, token);
  }

  /**
   * Any request.
   *
   * @param body null for none; JSON by its header unless {@code headers} say otherwise
   * @param bearer null for none
   * @param headers names and values in turn
   */
  public Answer call(String method, String path, String body, String bearer, String... headers) {
    return call(
        method,
        path,
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(body, StandardCharsets.UTF_8),
        body != null,
        bearer,
        headers);
  }

  private Answer call(
      String method,
      String path,
      BodyPublisher body,
      boolean json,
      String bearer,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, body);
    if (bearer != null) {
      request.header("Authorization", "Bearer " + bearer);
    }
    boolean typed = false;
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
      typed |= headers[i].equals("Content-Type");
    }
    if (json && !typed) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
