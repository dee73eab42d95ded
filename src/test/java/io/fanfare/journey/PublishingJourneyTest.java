package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/events} and {@code /api/events/batch} as a publisher meets them. */
class PublishingJourneyTest {
  private static final String KEY = "Idempotency-Key";
  private static final String EVENT = "{\"event\":\"build.started\",\"data\":{\"a\":1}}";
  private static final String BATCH = "{\"events\":[" + EVENT + "," + EVENT + "]}";

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

  private static Answer publish(ApiCalls caller, String body, String key) {
    return caller.post("/api/events", body, KEY, key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ \"b\" :\t1E2 ,\r\n \"a\" : [ -0 , 12345678901234567890.10 ] }",
        "{\"n\":[1e400,1e99999999999,0.10000000000000000055]}",
        "{\"s\":\"\\u0000\\ud800 a\\/b a/b \\u00e9 😀\",\"\":0}",
        "{\"\\udfff\":{\"\\ud800\":null}}"
      })
  void dataIsTheSameBytesForTheReceiverAndForReaders(String data) throws Exception {
    String path = "/bytes-" + data.hashCode();
    String project = "p-bytes-" + data.hashCode();
    String webhook =
        fanfare
            .webhook(receiver.url(path), new JsonObject().put("project_id", project))
            .getString("webhook_id");

    Answer answer =
        api.post(
            "/api/events",
            "{\"project_id\":\""
                + project
                + "\",\"data\": "
                + data
                + " ,\"event\":\"file.created\"}");

    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    await().until(() -> !receiver.receipts(path).isEmpty());
    String member = ",\"data\":" + data + "}";
    assertThat(receiver.receipts(path).get(0).body().toString()).endsWith(member);
    assertThat(api.get("/api/events/" + answer.json().getString("event_id")).text())
        .endsWith(member);
    assertThat(api.get("/api/webhooks/" + webhook + "/deliveries").text()).contains(member);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|event data",
        "{\"event\":null,\"data\":null}|event data",
        "{\"event\":5,\"data\":[],\"project_id\":5,\"timestamp\":5,\"x\":1}|event data project_id timestamp x",
        "{\"event\":\"test.ping\",\"data\":{}}|event",
        "{\"event\":\"build.*\",\"data\":{}}|event",
        "{\"event\":\"Build.started\",\"data\":{}}|event",
        "{\"event\":\"build.started\",\"data\":\"{}\"}|data",
        "{\"event\":\"build.started\",\"data\":{},\"project_id\":\"\"}|project_id",
        "{\"event\":\"build.started\",\"data\":{},\"timestamp\":\"2024-01-01\"}|timestamp",
        "{\"event\":\"build.started\",\"data\":{},\"timestamp\":\"1969-12-31T23:59:59Z\"}|timestamp"
      })
  void everyFaultyFieldIsNamed(String body, String fields) {
    Answer answer = api.post("/api/events", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields()).containsExactlyInAnyOrder(fields.split(" "));
  }

  @Test
  void theMessageAboutAnUnknownTypeListsTheKnownOnes() {
    Answer answer = api.post("/api/events", "{\"event\":\"build.finished\",\"data\":{}}");

    assertThat(answer.json().getString("message"))
        .contains("project.created", "build.completed", "user.logout", "security.alert");
  }

  @Test
  void theProjectIsTheNamedOneElseThatOfTheDataWhereThatIsText() {
    assertThat(projectOf("{\"event\":\"build.started\",\"data\":{\"project_id\":\"d\"}}"))
        .isEqualTo("d");
    assertThat(
            projectOf(
                "{\"event\":\"build.started\",\"data\":{\"project_id\":\"d\"},\"project_id\":\"t\"}"))
        .isEqualTo("t");
    assertThat(
            projectOf(
                "{\"event\":\"build.started\",\"data\":{\"project_id\":\"d\"},\"project_id\":null}"))
        .isEqualTo("d");
    assertThat(projectOf("{\"event\":\"build.started\",\"data\":{\"project_id\":7}}")).isNull();
  }

  private static String projectOf(String body) {
    JsonObject answer = api.post("/api/events", body).json();
    assertThat(answer.fieldNames())
        .containsExactlyInAnyOrder("event_id", "event", "project_id", "timestamp", "deliveries");
    return answer.getString("project_id");
  }

  @Test
  void aRepeatedKeyGivesTheFirstAnswerAndAnotherBodyIsAConflict() {
    JsonObject first = publish(api, EVENT, "repeat").json();
    Answer again = publish(api, EVENT, "repeat");

    assertThat(first.containsKey("duplicate")).isFalse();
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.json()).isEqualTo(first.copy().put("duplicate", true));
    Answer other = publish(api, EVENT + " ", "repeat");
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.json().getString("error")).isEqualTo("idempotency_key_reused");
  }

  @Test
  void oneKeyCoversABatchAndIsTheSameForSingleEvents() {
    JsonObject first = api.post("/api/events/batch", BATCH, KEY, "batch").json();
    Answer again = api.post("/api/events/batch", BATCH, KEY, "batch");

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.json()).isEqualTo(first.copy().put("duplicate", true));
    assertThat(first.getJsonArray("events")).hasSize(2);
    assertThat(publish(api, EVENT, "batch").status()).isEqualTo(409);
  }

  @Test
  void aKeyIsRememberedForItsProject() throws Exception {
    ApiCalls mine = api.as(fanfare.key("publisher", "p-keys"));
    ApiCalls mineToo = api.as(fanfare.key("manager", "p-keys"));
    ApiCalls theirs = api.as(fanfare.key("publisher", "p-other-keys"));

    String event = publish(mine, EVENT, "shared").json().getString("event_id");

    assertThat(publish(mineToo, EVENT, "shared").json().getString("event_id")).isEqualTo(event);
    assertThat(publish(theirs, EVENT, "shared").json().containsKey("duplicate")).isFalse();
    assertThat(publish(api, EVENT, "shared").json().containsKey("duplicate")).isFalse();
  }

  @Test
  void aKeyOfARefusedRequestIsFree() {
    assertThat(publish(api, "{\"event\":\"no\",\"data\":{}}", "refused").status()).isEqualTo(400);
    Answer answer = publish(api, EVENT, "refused");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().containsKey("duplicate")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1,202", "255,202", "256,400", "0,400"})
  void aKeyHas1To255Characters(int length, int status) {
    Answer answer = publish(api, EVENT, "k".repeat(length));

    assertThat(answer.status()).isEqualTo(status);
    if (status == 400) {
      assertThat(answer.faultyFields()).containsExactly(KEY);
    }
  }

  @Test
  void ofManyAtOnceWithOneKeyOneIsTheFirst() {
    List<JsonObject> answers =
        IntStream.range(0, 20)
            .parallel()
            .mapToObj(i -> publish(api, EVENT, "at-once").json())
            .toList();

    assertThat(answers.stream().map(answer -> answer.getString("event_id")).distinct()).hasSize(1);
    assertThat(answers.stream().filter(answer -> !answer.containsKey("duplicate"))).hasSize(1);
  }

  @Test
  void aBatchIsAcceptedInItsOrder() {
    JsonArray events = new JsonArray();
    for (int i = 0; i < 1_000; i++) {
      events.add(
          new JsonObject()
              .put("event", i % 2 == 0 ? "user.login" : "user.logout")
              .put("data", new JsonObject().put("i", i)));
    }

    JsonArray accepted =
        api.post("/api/events/batch", new JsonObject().put("events", events))
            .json()
            .getJsonArray("events");

    assertThat(accepted).hasSize(1_000);
    JsonObject last = accepted.getJsonObject(999);
    assertThat(last.getString("event")).isEqualTo("user.logout");
    assertThat(
            api.get("/api/events/" + last.getString("event_id"))
                .json()
                .getJsonObject("data")
                .getInteger("i"))
        .isEqualTo(999);
    events.add(events.getJsonObject(0));
    assertThat(api.post("/api/events/batch", new JsonObject().put("events", events)).faultyFields())
        .containsExactly("events");
  }

  @Test
  void aBatchIsAcceptedAsAWholeOrNotAtAll() {
    long before = api.get("/api/events?limit=1&event_type=file.deleted").json().getLong("total");

    Answer answer =
        api.post(
            "/api/events/batch",
            "{\"events\":[{\"event\":\"file.deleted\",\"data\":{}},1,{\"event\":\"x\",\"y\":2}],\"z\":3}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields())
        .containsExactlyInAnyOrder(
            "events[1]", "events[2].event", "events[2].data", "events[2].y", "z");
    assertThat(api.get("/api/events?limit=1&event_type=file.deleted").json().getLong("total"))
        .isEqualTo(before);
  }

  @Test
  void aRequestIsAtMost64LevelsDeep() {
    String single = "{\"event\":\"build.started\",\"data\":%s}";
    assertThat(api.post("/api/events", single.formatted(nested(63))).status()).isEqualTo(202);
    assertThat(api.post("/api/events", single.formatted(nested(64))).status()).isEqualTo(400);
    String batch = "{\"events\":[" + single + "]}";
    assertThat(api.post("/api/events/batch", batch.formatted(nested(61))).status()).isEqualTo(202);
    assertThat(api.post("/api/events/batch", batch.formatted(nested(62))).status()).isEqualTo(400);
  }

  private static String nested(int levels) {
    return "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
  }
}
