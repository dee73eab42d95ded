package io.fanfare.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonObject;

/** Calls whose answers must be as {@code openapi.yaml} describes them. */
public final class DescribedCalls {
  private final ApiCalls calls;
  private final ApiDescription description;

  private DescribedCalls(ApiCalls calls, ApiDescription description) {
    this.calls = calls;
    this.description = description;
  }

  /** Calls of a service with its admin token. */
  public static DescribedCalls of(TestFanfare fanfare) throws Exception {
    return new DescribedCalls(fanfare.calls(), ApiDescription.load(fanfare.vertx()));
  }

  /** The same service called with another token. */
  public DescribedCalls as(String token) {
    return new DescribedCalls(calls.as(token), description);
  }

  /** {@code GET} that is answered 200. */
  public JsonObject get(String operation, String path) {
    return checked(operation, 200, calls.get(path));
  }

  /** {@code POST} that is answered with this status. */
  public JsonObject post(String operation, int status, String path, JsonObject body) {
    return checked(operation, status, calls.post(path, body));
  }

  /** Any request that is answered with this status. */
  public JsonObject call(String operation, int status, String method, String path) {
    return checked(operation, status, calls.call(method, path, null));
  }

  private JsonObject checked(String operation, int status, Answer answer) {
    assertThat(answer.status()).as("%s: %s", operation, answer.text()).isEqualTo(status);
    assertThat(description.faultsOfResponse(operation, status, answer.json()))
        .as("%s: %s", operation, answer.text())
        .isEmpty();
    return answer.json();
  }
}
