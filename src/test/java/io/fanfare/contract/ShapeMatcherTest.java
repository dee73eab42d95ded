package io.fanfare.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** The comparison with the document notices what it is for. */
class ShapeMatcherTest {
  @Test
  void acceptsTheExampleItself() {
    JsonObject example = Document.example("list-deliveries.response");
    assertThat(ShapeMatcher.of(example).differences(example)).isEmpty();
  }

  @Test
  void reportsWhatIsMissingMoreOrOfAnotherType() {
    JsonObject answer = Document.example("delete-webhook.response");
    answer.remove("message");
    answer.put("webhook_id", 456).put("extra", true);
    assertThat(ShapeMatcher.ofDocument("delete-webhook.response").differences(answer))
        .containsExactlyInAnyOrder(
            "message is missing",
            "webhook_id is a number instead of a string",
            "extra is not in the document");
  }

  @Test
  void acceptsEntriesThatLookLikeAnyOfTheExample() {
    JsonObject answer = Document.example("list-deliveries.response");
    JsonArray deliveries = answer.getJsonArray("deliveries");
    deliveries.add(deliveries.getJsonObject(1).copy());
    ShapeMatcher matcher = ShapeMatcher.ofDocument("list-deliveries.response");
    assertThat(matcher.differences(answer)).isEmpty();
    deliveries.getJsonObject(0).remove("attempts");
    assertThat(matcher.differences(answer)).containsExactly("deliveries[].attempts is missing");
  }

  @Test
  void acceptsWhatTheContractAdds() {
    JsonObject answer = Document.example("get-webhook.response");
    answer.put("circuit", new JsonObject().put("state", "closed"));
    answer.getJsonObject("stats").put("pending_deliveries", 0);
    answer.put("headers", new JsonObject().put("X-Mine", "1"));
    assertThat(ShapeMatcher.ofDocument("get-webhook.response").differences(answer)).isEmpty();
  }

  @Test
  void refusesNullWhereTheDocumentHasAValue() {
    JsonObject answer = Document.example("redeliver.response").putNull("status");
    assertThat(ShapeMatcher.ofDocument("redeliver.response").differences(answer))
        .containsExactly("status is null instead of a string");
  }
}
