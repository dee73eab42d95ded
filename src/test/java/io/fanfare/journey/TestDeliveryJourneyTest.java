package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/webhooks/{webhook_id}/test} as a user meets it. */
class TestDeliveryJourneyTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static ApiCalls api;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    api = fanfare.calls();
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static String webhook(String path, boolean active) throws TimeoutException {
    return "/api/webhooks/"
        + fanfare
            .webhook(receiver.url(path), new JsonObject().put("active", active))
            .getString("webhook_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ \"n\":1E2,\t\"m\":12345678901234567890.10, \"e\":1e400 }",
        "{\"e\":1e99999999999}",
        "{\"s\":\"\\ud800\",\"t\":\"\\u0000\",\"\":\"a\\/b\"}",
        "{\"\\ud800\":\"😀\"}"
      })
  void itsPayloadArrivesByteForByte(String payload) throws Exception {
    String path = "/bytes-" + payload.hashCode();
    String webhook = webhook(path, true);

    Answer answer =
        api.post(webhook + "/test", "{ \"payload\": " + payload + " , \"event_type\":null}");

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(receiver.receipts(path).get(0).body().toString())
        .endsWith(",\"data\":" + payload + "}");
    assertThat(api.get(webhook + "/deliveries").text()).contains(",\"data\":" + payload + "}");
  }

  @Test
  void itsPayloadIsAsDeepAsTheWholeRequestMayBe() throws Exception {
    String webhook = webhook("/deep", true);

    assertThat(api.post(webhook + "/test", nested(63)).status()).isEqualTo(200);
    assertThat(api.post(webhook + "/test", nested(64)).status()).isEqualTo(400);
  }

  private static String nested(int levels) {
    return "{\"payload\":" + "{\"a\":".repeat(levels) + "1" + "}".repeat(levels) + "}";
  }

  @Test
  void noBodyAndNullsAskForAPing() throws Exception {
    String webhook = webhook("/ping", true);
    for (String body : new String[] {null, "{}", "{\"event_type\":null,\"payload\":null}"}) {
      JsonObject answer = api.call("POST", webhook + "/test", body).json();

      assertThat(answer.getString("event_type")).isEqualTo("test.ping");
      assertThat(answer.getString("status")).isEqualTo("success");
    }
    assertThat(receiver.receipts("/ping"))
        .hasSize(3)
        .allSatisfy(
            receipt -> {
              assertThat(receipt.header("x-trae-event")).isEqualTo("test.ping");
              assertThat(receipt.body().toJsonObject().getJsonObject("data")).isEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"event_type\":\"nope\"}|event_type",
        "{\"event_type\":\"build.*\"}|event_type",
        "{\"event_type\":\"\"}|event_type",
        "{\"payload\":[]}|payload",
        "{\"payload\":\"{}\"}|payload",
        "{\"event_type\":5,\"payload\":1,\"more\":1}|event_type payload more"
      })
  void whatItDoesNotKnowIsRefusedAndNothingIsSent(String body, String fields) throws Exception {
    String webhook = webhook("/refused", true);

    Answer answer = api.post(webhook + "/test", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields()).containsExactlyInAnyOrder(fields.split(" "));
    assertThat(receiver.receipts("/refused")).isEmpty();
  }

  @Test
  void itReachesAnInactiveWebhookAndNeitherCountsNorRepeats() throws Exception {
    receiver.answer("/inactive", 500, "no");
    String webhook = webhook("/inactive", false);

    JsonObject answer = api.call("POST", webhook + "/test", null).json();

    assertThat(answer.getString("status")).isEqualTo("failed");
    assertThat(answer.getString("error")).isEqualTo("HTTP 500: Internal Server Error");
    assertThat(answer.getInteger("attempts")).isEqualTo(1);
    assertThat(receiver.receipts("/inactive")).hasSize(1);
    JsonObject after = api.get(webhook).json();
    assertThat(after.getJsonObject("stats").getInteger("total_deliveries")).isZero();
    assertThat(after.getJsonObject("circuit").getInteger("consecutive_failures")).isZero();
    JsonObject recent = after.getJsonArray("recent_deliveries").getJsonObject(0);
    assertThat(recent.getBoolean("test")).isTrue();
    assertThat(recent.getString("error")).isEqualTo("Internal Server Error");
  }

  @Test
  void itsDeliveryIsInTheHistoryOnlyAndCannotBeRedelivered() throws Exception {
    String webhook = webhook("/history", true);
    long events = api.get("/api/events?limit=1").json().getLong("total");

    String delivery = api.post(webhook + "/test", "{}").json().getString("delivery_id");

    JsonObject listed =
        api.get(webhook + "/deliveries?event_type=test.ping")
            .json()
            .getJsonArray("deliveries")
            .getJsonObject(0);
    assertThat(listed.getString("delivery_id")).isEqualTo(delivery);
    assertThat(listed.getBoolean("test")).isTrue();
    assertThat(listed.getString("event_id")).startsWith("event_");
    assertThat(api.get("/api/events?limit=1").json().getLong("total")).isEqualTo(events);
    Answer again = api.call("POST", webhook + "/deliveries/" + delivery + "/redeliver", null);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().getString("error")).isEqualTo("test_delivery");
  }

  @Test
  void withoutAnAnswerItTellsWhyAndNothingElse() throws Exception {
    receiver.answer("/silent", (request, body) -> request.connection().close());
    String webhook = webhook("/silent", true);

    JsonObject answer = api.call("POST", webhook + "/test", null).json();

    assertThat(answer.getString("status")).isEqualTo("failed");
    assertThat(answer.getString("error")).isNotBlank();
    for (String member : new String[] {"response_code", "response_time", "response_body"}) {
      assertThat(answer.containsKey(member)).as(member).isTrue();
      assertThat(answer.getValue(member)).as(member).isNull();
    }
  }
}
