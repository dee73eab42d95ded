package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which fields an error names: all that are at fault, and no other. */
class FaultsApiTest {
  private static TestApi api;

  @BeforeAll
  static void start() {
    api = new TestApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void namesAnotherProjectBesideTheOtherFaultsOfAnUpdate() {
    String webhook = create(TestApi.smallest().put("project_id", "own"));

    Answer answer =
        api.put(
            webhook,
            new JsonObject()
                .put("project_id", "other")
                .put("name", "")
                .put("events", new JsonArray())
                .put("headers", new JsonObject().put("Host", "x"))
                .put("timeout", 0)
                .put("unknown", 1));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields())
        .containsExactlyInAnyOrder(
            "project_id", "name", "events", "headers.Host", "timeout", "unknown");
  }

  @Test
  void takesTheOwnProjectInAnUpdateAndRefusesNull() {
    String webhook = create(TestApi.smallest().put("project_id", "own"));
    String none = create(TestApi.smallest());

    assertThat(api.put(webhook, new JsonObject().put("project_id", "own")).status()).isEqualTo(200);
    assertThat(api.put(none, new JsonObject().putNull("project_id")).status()).isEqualTo(200);
    assertThat(api.put(webhook, new JsonObject().putNull("project_id")).faultyFields())
        .containsExactly("project_id");
    assertThat(api.put(none, new JsonObject().put("project_id", "own")).faultyFields())
        .containsExactly("project_id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"initial_delay\":-1,\"max_delay\":500}|retry_policy.initial_delay",
        "{\"initial_delay\":\"x\",\"max_delay\":0}|retry_policy.initial_delay",
        "{\"max_delay\":999}|retry_policy.max_delay",
        "{\"initial_delay\":5000,\"max_delay\":4999}|retry_policy.max_delay"
      })
  void blamesMaxDelayOnlyForWhatIsWrongWithIt(String policy, String field) {
    Answer answer =
        api.post("/api/webhooks", TestApi.smallest().put("retry_policy", new JsonObject(policy)));

    assertThat(answer.faultyFields()).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({"999999999999999999,200", "1000000000000000000,400", "-1,400", "1.0,400", "' 1',400"})
  void takesAnOffsetOfUpToEighteenDigits(String offset, int status) {
    String encoded = offset.replace(" ", "%20");

    assertThat(api.get("/api/webhooks?offset=" + encoded).status()).isEqualTo(status);
  }

  private static String create(JsonObject body) {
    return "/api/webhooks/" + api.post("/api/webhooks", body).json().getString("webhook_id");
  }
}
