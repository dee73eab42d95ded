package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.contract.Document;
import io.fanfare.stats.WebhookTotals;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhooksApiTest {
  private static TestApi api;

  @BeforeAll
  static void start() {
    api = new TestApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static JsonObject created(JsonObject body) {
    Answer answer = api.post("/api/webhooks", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json();
  }

  private static String pathOf(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }

  private static JsonObject with(String field, Object value) {
    return TestApi.smallest().put(field, value);
  }

  @Test
  void answersTheDocumentsExampleWithEveryFieldOfItsAnswer() {
    JsonObject request = Document.example("create-webhook.request");
    JsonObject example = Document.example("create-webhook.response");

    JsonObject created = created(request);

    assertThat(created.fieldNames()).containsAll(example.fieldNames());
    for (String name : request.fieldNames()) {
      assertThat(created.getValue(name)).as(name).isEqualTo(request.getValue(name));
    }
    assertThat(created.getString("webhook_id")).matches("webhook_[0-9a-z]{26}");
    assertThat(created.getString("created_at"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(created.getString("created_by")).isEqualTo("admin");
    assertThat(created.getJsonObject("stats"))
        .isEqualTo(example.getJsonObject("stats").put("pending_deliveries", 0));

    JsonObject read = api.get(pathOf(created)).json();
    assertThat(read.fieldNames())
        .containsAll(Document.example("get-webhook.response").fieldNames());
    assertThat(read.getString("secret")).isEqualTo("your-webhook-secret-key");
    assertThat(read.getJsonObject("stats").getValue("average_response_time")).isNull();
    assertThat(read.getJsonObject("stats").getDouble("success_rate")).isEqualTo(100);
    assertThat(read.getJsonArray("recent_deliveries")).isEmpty();
    assertThat(read.getJsonObject("circuit"))
        .isEqualTo(
            new JsonObject()
                .put("state", "closed")
                .putNull("opened_at")
                .putNull("next_probe_at")
                .put("consecutive_failures", 0));
  }

  @Test
  void fillsInTheDefaults() {
    JsonObject created = created(TestApi.smallest());

    assertThat(created.getString("secret")).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(created.getBoolean("active")).isTrue();
    assertThat(created.getInteger("timeout")).isEqualTo(30);
    assertThat(created.getValue("description")).isNull();
    assertThat(created.getValue("project_id")).isNull();
    assertThat(created.getJsonObject("headers")).isEqualTo(new JsonObject());
    assertThat(created.getJsonObject("retry_policy"))
        .isEqualTo(
            new JsonObject()
                .put("max_attempts", 3)
                .put("backoff_strategy", "exponential")
                .put("initial_delay", 1000)
                .put("max_delay", 60000));
  }

  @Test
  void takesNullAsAbsentInACreate() {
    JsonObject body = TestApi.smallest();
    for (String field :
        List.of(
            "secret",
            "active",
            "description",
            "headers",
            "timeout",
            "retry_policy",
            "project_id")) {
      body.putNull(field);
    }
    assertThat(created(body).getInteger("timeout")).isEqualTo(30);
  }

  @Test
  void takesTheDocumentsOwnRetryPolicy() {
    JsonObject policy = Document.example("retry-policy").getJsonObject("retry_policy");

    JsonObject created = created(with("retry_policy", policy));

    assertThat(api.get(pathOf(created)).json().getJsonObject("retry_policy")).isEqualTo(policy);
  }

  @Test
  void raisesTheDefaultOfMaxDelayToALargerInitialDelay() {
    JsonObject created =
        created(with("retry_policy", new JsonObject().put("initial_delay", 90000)));

    assertThat(created.getJsonObject("retry_policy").getInteger("max_delay")).isEqualTo(90000);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.5, 0.25e1, 119.999, 120})
  void acceptsATimeoutWithinItsBounds(double timeout) {
    assertThat(created(with("timeout", timeout)).getDouble("timeout")).isEqualTo(timeout);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout | 0.999",
        "timeout | 120.001",
        "timeout | 1e99999",
        "timeout | \"30\"",
        "name | \"\"",
        "name | 5",
        "name | \"a\\u0000b\"",
        "name | \"a\\ud800b\"",
        "description | 5",
        "secret | \"\"",
        "active | \"yes\"",
        "events | []",
        "events | \"build.completed\"",
        "url | 5",
        "url | \"ftp://example.com/\"",
        "url | \"https://example.com/#top\"",
        "url | \"https://user:pw@example.com/\"",
        "url | \"http://127.0.0.1/\"",
        "url | \"http://[::1]/\"",
        "url | \"http://localhost/\"",
        "project_id | \"\"",
        "headers | []",
        "retry_policy | 5",
      })
  void refusesAFieldOutOfItsBounds(String field, String json) {
    JsonObject others = TestApi.smallest();
    others.remove(field);
    String start = others.encode();
    String body = start.substring(0, start.length() - 1) + ",\"" + field + "\":" + json + "}";

    Answer answer = api.call("POST", "/api/webhooks", body, TestApi.ADMIN_TOKEN);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.faultyFields()).containsExactly(field);
  }

  @Test
  void namesEveryFaultyFieldAtOnce() {
    JsonObject body =
        new JsonObject()
            .put("url", "nonsense")
            .put(
                "events",
                new JsonArray().add("build.completed").add("build.nonsense").add("test.ping"))
            .put("timeout", 0)
            .put("colour", "red")
            .put(
                "headers",
                new JsonObject()
                    .put("Content-Length", "5")
                    .put("X-Trae-Event", "x")
                    .put("X-Ok", "fine")
                    .put("X-Bad", "a\r\nb")
                    .put("X-Number", 5))
            .put(
                "retry_policy",
                new JsonObject()
                    .put("max_attempts", 21)
                    .put("backoff_strategy", "random")
                    .put("initial_delay", 5000)
                    .put("max_delay", 4999)
                    .put("retry_on_status", new JsonArray().add(500).add(200))
                    .put("retry_on_timeout", "no")
                    .put("extra", 1));

    Answer answer = api.post("/api/webhooks", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields())
        .containsExactlyInAnyOrder(
            "name",
            "url",
            "events[1]",
            "events[2]",
            "timeout",
            "colour",
            "headers.Content-Length",
            "headers.X-Trae-Event",
            "headers.X-Bad",
            "headers.X-Number",
            "retry_policy.max_attempts",
            "retry_policy.backoff_strategy",
            "retry_policy.max_delay",
            "retry_policy.retry_on_status[1]",
            "retry_policy.retry_on_timeout",
            "retry_policy.extra");
  }

  @Test
  void listsWithoutSecretsAndHeaders() {
    JsonObject created = created(TestApi.smallest().put("project_id", "listed"));
    int number = number(created);
    api.totals.put(
        number, new WebhookTotals(145, 5, 0, 100, 25_000, Instant.parse("2024-01-01T11:30:00Z")));

    JsonObject list = api.get("/api/webhooks?project_id=listed").json();

    JsonObject item = list.getJsonArray("webhooks").getJsonObject(0);
    JsonObject example =
        Document.example("list-webhooks.response").getJsonArray("webhooks").getJsonObject(0);
    assertThat(item.fieldNames()).containsAll(example.fieldNames());
    assertThat(item.fieldNames()).doesNotContain("secret", "headers");
    JsonObject stats = item.getJsonObject("stats");
    example
        .getJsonObject("stats")
        .forEach(
            e -> assertThat(stats.getValue(e.getKey())).as(e.getKey()).isEqualTo(e.getValue()));
    assertThat(stats.getDouble("average_response_time")).isEqualTo(250);
    assertThat(list.getInteger("total")).isEqualTo(1);
    assertThat(list.getJsonObject("pagination"))
        .isEqualTo(
            new JsonObject()
                .put("limit", 20)
                .put("offset", 0)
                .put("has_more", false)
                .putNull("next_cursor"));
  }

  private static int number(JsonObject webhook) {
    return api.index.all().stream()
        .filter(w -> w.publicId().equals(webhook.getString("webhook_id")))
        .findFirst()
        .orElseThrow()
        .number();
  }

  @ParameterizedTest
  @CsvSource({
    "created_at,asc",
    "created_at,desc",
    "updated_at,asc",
    "name,asc",
    "name,desc",
    "url,desc"
  })
  void pagesByCursorAndByOffsetInTheSameOrder(String sort, String order) {
    String project = "paged-" + sort + "-" + order;
    for (String name : List.of("b", "a", "C", "ä", "a")) {
      created(
          TestApi.smallest()
              .put("project_id", project)
              .put("name", name)
              .put("url", "https://example.com/" + (name.equals("ä") ? "umlaut" : name)));
    }
    String path =
        "/api/webhooks?project_id=%s&sort=%s&order=%s&limit=2".formatted(project, sort, order);

    List<String> byOffset = new ArrayList<>();
    for (int offset = 0; offset < 6; offset += 2) {
      byOffset.addAll(ids(api.get(path + "&offset=" + offset).json()));
    }
    List<String> byCursor = new ArrayList<>();
    JsonObject page = api.get(path).json();
    byCursor.addAll(ids(page));
    while (page.getJsonObject("pagination").getString("next_cursor") != null) {
      assertThat(page.getJsonObject("pagination").getBoolean("has_more")).isTrue();
      page =
          api.get(path + "&cursor=" + page.getJsonObject("pagination").getString("next_cursor"))
              .json();
      assertThat(page.getInteger("total")).isEqualTo(5);
      byCursor.addAll(ids(page));
    }

    assertThat(byOffset).hasSize(5).doesNotHaveDuplicates();
    assertThat(byCursor).isEqualTo(byOffset);
    assertThat(page.getJsonObject("pagination").getBoolean("has_more")).isFalse();
  }

  private static List<String> ids(JsonObject list) {
    List<String> ids = new ArrayList<>();
    list.getJsonArray("webhooks").forEach(w -> ids.add(((JsonObject) w).getString("webhook_id")));
    return ids;
  }

  @Test
  void filtersByActiveInAnyCaseAndTakesEmptyAsAbsent() {
    created(TestApi.smallest().put("project_id", "filtered").put("active", false));
    created(TestApi.smallest().put("project_id", "filtered"));

    assertThat(api.get("/api/webhooks?project_id=filtered&active=True").json().getInteger("total"))
        .isEqualTo(1);
    assertThat(api.get("/api/webhooks?project_id=filtered&active=false").json().getInteger("total"))
        .isEqualTo(1);
    assertThat(
            api.get("/api/webhooks?project_id=filtered&active=&limit=&offset=&sort=&order=&cursor=")
                .json()
                .getInteger("total"))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,limit",
    "limit=101,limit",
    "limit=ten,limit",
    "offset=-1,offset",
    "active=maybe,active",
    "sort=secret,sort",
    "order=up,order",
    "colour=red,colour",
    "cursor=nonsense,cursor",
    "limit=1&limit=2,limit",
    "project_id=%00,project_id"
  })
  void refusesAQueryParameterThatIsWrongOrUnknown(String query, String field) {
    Answer answer = api.get("/api/webhooks?" + query);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.faultyFields()).containsExactly(field);
  }

  @Test
  void refusesACursorBesideAnOffsetAndOneOfAnotherOrder() {
    for (int i = 0; i < 2; i++) {
      created(TestApi.smallest().put("project_id", "cursors"));
    }
    String cursor =
        api.get("/api/webhooks?project_id=cursors&limit=1")
            .json()
            .getJsonObject("pagination")
            .getString("next_cursor");

    assertThat(api.get("/api/webhooks?offset=0&cursor=" + cursor).faultyFields())
        .containsExactly("offset");
    assertThat(api.get("/api/webhooks?order=asc&cursor=" + cursor).faultyFields())
        .containsExactly("cursor");
  }

  @Test
  void updatesTheFieldsThatAreNamedAndAnswersAsTheDocumentDoes() {
    JsonObject created = created(Document.example("create-webhook.request").put("name", "update"));

    Answer answer = api.put(pathOf(created), Document.example("update-webhook.request"));

    JsonObject example = Document.example("update-webhook.response");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().fieldNames()).isEqualTo(example.fieldNames());
    for (String field : List.of("events", "active", "timeout", "retry_policy")) {
      assertThat(answer.json().getValue(field)).as(field).isEqualTo(example.getValue(field));
    }
    JsonObject read = api.get(pathOf(created)).json();
    assertThat(read.getString("secret")).isEqualTo("your-webhook-secret-key");
    assertThat(read.getJsonObject("headers")).isEqualTo(created.getJsonObject("headers"));
    assertThat(api.lifecycle.calls).contains("changed update, circuit closed");
    assertThat(api.index.byNumber(number(created)).timeout().toSeconds()).isEqualTo(45);
  }

  @Test
  void changesNothingForAnEmptyUpdate() {
    JsonObject created = created(TestApi.smallest());
    long version = api.index.byNumber(number(created)).version();

    assertThat(api.put(pathOf(created), new JsonObject()).status()).isEqualTo(200);
    assertThat(api.index.byNumber(number(created)).version()).isEqualTo(version);
  }

  @Test
  void takesBackWhatWasRead() {
    JsonObject created =
        created(TestApi.smallest().put("headers", new JsonObject().put("X-A", "b")));
    JsonObject read = api.get(pathOf(created)).json();

    Answer answer = api.put(pathOf(created), read);

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonObject again = api.get(pathOf(created)).json();
    for (String field :
        List.of("secret", "headers", "url", "events", "retry_policy", "project_id")) {
      assertThat(again.getValue(field)).as(field).isEqualTo(read.getValue(field));
    }
    assertThat(created(read).getString("webhook_id")).isNotEqualTo(created.getString("webhook_id"));
  }

  @Test
  void resetsSomeFieldsToTheirDefaultByNullAndRefusesItInTheOthers() {
    JsonObject created = created(Document.example("create-webhook.request"));
    JsonObject reset = new JsonObject();
    for (String field : List.of("description", "headers", "timeout", "retry_policy")) {
      reset.putNull(field);
    }
    assertThat(api.put(pathOf(created), reset).status()).isEqualTo(200);
    JsonObject read = api.get(pathOf(created)).json();
    assertThat(read.getValue("description")).isNull();
    assertThat(read.getJsonObject("headers")).isEmpty();

    JsonObject refused = new JsonObject();
    for (String field : List.of("url", "events", "name", "secret", "active", "project_id")) {
      refused.putNull(field);
    }
    assertThat(api.put(pathOf(created), refused).faultyFields())
        .containsExactlyInAnyOrder("url", "events", "name", "secret", "active", "project_id");
    assertThat(
            api.put(
                    pathOf(created),
                    new JsonObject().put("retry_policy", new JsonObject().putNull("max_attempts")))
                .faultyFields())
        .containsExactly("retry_policy.max_attempts");
  }

  @Test
  void refusesToMoveAWebhookToAnotherProject() {
    JsonObject created = created(TestApi.smallest().put("project_id", "here"));

    assertThat(api.put(pathOf(created), new JsonObject().put("project_id", "there")).status())
        .isEqualTo(400);
    assertThat(api.put(pathOf(created), new JsonObject().put("project_id", "here")).status())
        .isEqualTo(200);
  }

  @Test
  void closesTheCircuitForANewUrlAndForActiveTrueOnly() {
    JsonObject created = created(TestApi.smallest().put("name", "circuit"));
    TestApi.await(
        api.database
            .control()
            .query(
                "update webhook set circuit_state = 'open', circuit_opened_at = now(),"
                    + " circuit_probe_at = now(), circuit_failures = 10 where number = "
                    + number(created))
            .execute());
    assertThat(circuit(created).getString("state")).isEqualTo("open");
    assertThat(circuit(created).getString("next_probe_at")).endsWith("Z");

    api.put(
        pathOf(created), new JsonObject().put("url", created.getString("url")).put("timeout", 9));
    assertThat(circuit(created).getString("state")).isEqualTo("open");

    api.put(pathOf(created), new JsonObject().put("active", true));
    assertThat(circuit(created).getString("state")).isEqualTo("closed");
    assertThat(circuit(created).getValue("opened_at")).isNull();
    assertThat(api.lifecycle.calls)
        .containsSubsequence("changed circuit", "changed circuit, circuit closed");
  }

  private static JsonObject circuit(JsonObject webhook) {
    return api.get(pathOf(webhook)).json().getJsonObject("circuit");
  }

  @Test
  void clearsTheReasonOfAWebhookThatWasGoneWhenItIsActiveAgain() {
    JsonObject created = created(TestApi.smallest());
    var webhook = api.index.byNumber(number(created));
    var gone = TestApi.await(api.store.setInactiveGone(webhook, Instant.now())).orElseThrow();
    api.index.put(gone);
    JsonObject read = api.get(pathOf(created)).json();
    assertThat(read.getString("disabled_reason")).isEqualTo("gone");
    assertThat(read.getBoolean("active")).isFalse();

    api.put(pathOf(created), new JsonObject().put("active", true));

    read = api.get(pathOf(created)).json();
    assertThat(read.getValue("disabled_reason")).isNull();
    assertThat(read.getBoolean("active")).isTrue();
  }

  @Test
  void deletesInTheOrderThatStopsDeliveriesBeforeItAnswers() {
    JsonObject created = created(TestApi.smallest().put("name", "deleted"));
    int number = number(created);

    Answer answer = api.delete(pathOf(created));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().fieldNames())
        .isEqualTo(Document.example("delete-webhook.response").fieldNames());
    assertThat(answer.json().getString("message")).isEqualTo("Webhook deleted successfully");
    assertThat(api.lifecycle.calls).contains("deleted deleted");
    assertThat(api.index.byNumber(number)).isNull();
    assertThat(api.get(pathOf(created)).status()).isEqualTo(404);
    assertThat(api.put(pathOf(created), new JsonObject()).status()).isEqualTo(404);
    assertThat(api.delete(pathOf(created)).status()).isEqualTo(404);
  }

  @Test
  void canRepeatADeletionThatFailedHalfWay() {
    JsonObject created = created(TestApi.smallest());
    api.lifecycle.deletedAnswer.set(
        Future.failedFuture(new java.util.concurrent.TimeoutException("busy")));
    try {
      assertThat(api.delete(pathOf(created)).status()).isEqualTo(503);
    } finally {
      api.lifecycle.deletedAnswer.set(Future.succeededFuture());
    }
    assertThat(api.delete(pathOf(created)).status()).isEqualTo(200);
  }

  @Test
  void keepsUrlEventsAndHeaderNamesExactlyAsGiven() {
    String url = "HTTPS://Example.COM:443/A%2fb?x=1&y=ü".replace("ü", "%C3%BC");
    JsonObject body =
        TestApi.smallest()
            .put("url", url)
            .put("events", new JsonArray().add("build.*").add("*").add("build.*"))
            .put("headers", new JsonObject().put("x-LOWER-Upper", "v").put("A", ""));

    JsonObject read = api.get(pathOf(created(body))).json();

    assertThat(read.getString("url")).isEqualTo(url);
    assertThat(read.getJsonArray("events")).isEqualTo(body.getJsonArray("events"));
    assertThat(read.getJsonObject("headers").encode())
        .isEqualTo("{\"x-LOWER-Upper\":\"v\",\"A\":\"\"}");
  }

  @Test
  void storesNoSecretInClear() {
    created(
        TestApi.smallest()
            .put("secret", "canary-secret")
            .put("headers", new JsonObject().put("X-Key", "canary-header")));

    String rows =
        TestApi.await(
            api.database
                .control()
                .query(
                    "select string_agg(encode(secret_sealed, 'escape') || encode(headers_sealed,"
                        + " 'escape') || webhook::text, ' ') from webhook")
                .execute()
                .map(found -> found.iterator().next().getString(0)));

    assertThat(rows).doesNotContain("canary");
  }

  @Test
  void listsEventTypesWithSamples() {
    JsonArray types = api.get("/api/event-types").json().getJsonArray("event_types");

    assertThat(types).hasSize(19);
    assertThat(types.getJsonObject(0).fieldNames())
        .containsExactlyInAnyOrder("event_type", "description", "sample");
  }
}
