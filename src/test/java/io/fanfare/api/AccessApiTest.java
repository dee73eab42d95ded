package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.config.HttpConfig;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccessApiTest {
  private static TestApi api;

  @BeforeAll
  static void start() {
    api = new TestApi();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static String create(String token, JsonObject body) {
    Answer answer = api.call("POST", "/api/webhooks", body.encode(), token);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return "/api/webhooks/" + answer.json().getString("webhook_id");
  }

  @Test
  void asksForATokenOnEveryApiRoute() {
    for (String path :
        List.of("/api/webhooks", "/api/keys", "/api/nothing", "/api", "/api/webhooks/x/y")) {
      Answer answer = api.call("GET", path, null, null);
      assertThat(answer.status()).as(path).isEqualTo(401);
      assertThat(answer.json().getString("error")).isEqualTo("unauthorized");
      assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    }
    assertThat(api.call("PATCH", "/api/webhooks", null, null).status()).isEqualTo(401);
  }

  @Test
  void answersA401WithoutWaitingForTheBody() {
    assertThat(api.call("POST", "/api/webhooks", "x".repeat(100_000), null).status())
        .isEqualTo(401);
  }

  @Test
  void letsEachRoleDoWhatItMay() {
    String webhook = create(TestApi.ADMIN_TOKEN, TestApi.smallest());
    JsonObject key = new JsonObject().put("name", "k").put("role", "viewer");
    record Expected(Role role, int list, int create, int keys, int types) {}
    for (Expected expected :
        List.of(
            new Expected(Role.ADMIN, 200, 201, 201, 200),
            new Expected(Role.MANAGER, 200, 201, 403, 200),
            new Expected(Role.PUBLISHER, 403, 403, 403, 200),
            new Expected(Role.VIEWER, 200, 403, 403, 200))) {
      String token = api.newKey(expected.role(), null);
      assertThat(api.call("GET", "/api/webhooks", null, token).status()).isEqualTo(expected.list());
      assertThat(api.call("GET", webhook, null, token).status()).isEqualTo(expected.list());
      assertThat(api.call("POST", "/api/webhooks", TestApi.smallest().encode(), token).status())
          .isEqualTo(expected.create());
      assertThat(api.call("PUT", webhook, "{}", token).status())
          .isEqualTo(expected.create() == 201 ? 200 : 403);
      assertThat(api.call("POST", "/api/keys", key.encode(), token).status())
          .isEqualTo(expected.keys());
      assertThat(api.call("GET", "/api/event-types", null, token).status())
          .isEqualTo(expected.types());
    }
  }

  @Test
  void tellsEachKeyWhatItMay() {
    for (Role role : Role.values()) {
      JsonObject answer = api.call("GET", "/api/whoami", null, api.newKey(role, "p-1")).json();
      assertThat(answer.getString("role")).isEqualTo(role.wireName());
      assertThat(answer.getString("project_id")).isEqualTo("p-1");
      assertThat(answer.getString("user_id")).startsWith("key_");
      assertThat(answer.getString("header_prefix")).isEqualTo("X-Trae-");
      assertThat(answer.getString("user_agent")).isEqualTo("Trae-Webhooks/1.0");
      assertThat(answer.getJsonArray("permissions").stream().map(String::valueOf).toList())
          .isEqualTo(
              switch (role) {
                case ADMIN -> List.of("read", "secrets", "manage", "publish", "keys");
                case MANAGER -> List.of("read", "secrets", "manage", "publish");
                case PUBLISHER -> List.of("publish");
                case VIEWER -> List.of("read");
              });
    }
    assertThat(api.call("GET", "/api/whoami?x=1", null, TestApi.ADMIN_TOKEN).status())
        .isEqualTo(400);
  }

  @Test
  void showsAViewerNoSecretAndNoValueOfAHeader() {
    String webhook =
        create(
            TestApi.ADMIN_TOKEN,
            TestApi.smallest()
                .put("secret", "hush-1")
                .put("headers", new JsonObject().put("X-Key", "hush-2")));

    Answer answer = api.call("GET", webhook, null, api.newKey(Role.VIEWER, null));

    assertThat(answer.text()).doesNotContain("hush");
    assertThat(answer.json().containsKey("secret")).isFalse();
    assertThat(answer.json().getJsonObject("headers").fieldNames()).containsExactly("X-Key");
  }

  @Test
  void keepsProjectsApart() {
    String mine = api.newKey(Role.MANAGER, "mine");
    String own = create(mine, TestApi.smallest());
    String foreign = create(TestApi.ADMIN_TOKEN, TestApi.smallest().put("project_id", "other"));
    String none = create(TestApi.ADMIN_TOKEN, TestApi.smallest());

    assertThat(api.call("GET", own, null, mine).json().getString("project_id")).isEqualTo("mine");
    String unknown =
        api.call("GET", "/api/webhooks/webhook_00000000000000000000000000", null, mine).text();
    for (String path : List.of(foreign, none)) {
      for (String method : List.of("GET", "PUT", "DELETE")) {
        Answer answer = api.call(method, path, method.equals("PUT") ? "{}" : null, mine);
        assertThat(answer.status()).as(method + path).isEqualTo(404);
        assertThat(answer.text()).isEqualTo(unknown);
      }
    }
    assertThat(
            api.call(
                    "POST",
                    "/api/webhooks",
                    TestApi.smallest().put("project_id", "other").encode(),
                    mine)
                .status())
        .isEqualTo(403);
    assertThat(api.call("GET", "/api/webhooks", null, mine).json().getInteger("total"))
        .isEqualTo(1);
    JsonObject otherList = api.call("GET", "/api/webhooks?project_id=other", null, mine).json();
    assertThat(otherList.getJsonArray("webhooks")).isEqualTo(new JsonArray());
    assertThat(otherList.getInteger("total")).isZero();
  }

  @Test
  void makesListsAndRevokesKeys() {
    Answer made =
        api.post(
            "/api/keys",
            new JsonObject()
                .put("name", "ci")
                .put("role", "manager")
                .put("project_id", "p1")
                .put("user_id", "user_123"));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    JsonObject key = made.json();
    assertThat(key.fieldNames())
        .containsExactlyInAnyOrder(
            "key_id", "token", "name", "role", "project_id", "user_id", "created_at");
    // A field of ours: milliseconds.
    assertThat(key.getString("created_at")).matches("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z");
    String token = key.getString("token");
    assertThat(token).matches("fanfare_[0-9A-Za-z]{49}");

    String webhook = create(token, TestApi.smallest());
    assertThat(api.get(webhook).json().getString("created_by")).isEqualTo("user_123");

    String list = api.get("/api/keys?limit=100").text();
    assertThat(list)
        .contains(key.getString("key_id"))
        .doesNotContain(token)
        .doesNotContain("token");

    Answer revoked = api.delete("/api/keys/" + key.getString("key_id"));
    assertThat(revoked.status()).isEqualTo(200);
    assertThat(revoked.json().fieldNames())
        .containsExactlyInAnyOrder("message", "key_id", "deleted_at");
    Awaitility.await()
        .atMost(1, TimeUnit.SECONDS)
        .until(() -> api.call("GET", "/api/webhooks", null, token).status() == 401);
    assertThat(api.delete("/api/keys/" + key.getString("key_id")).status()).isEqualTo(404);
  }

  @Test
  void namesAKeyItselfAsTheUserWhereNoneIsGiven() {
    JsonObject key =
        api.post("/api/keys", new JsonObject().put("name", "k").put("role", "admin")).json();

    assertThat(key.getString("user_id")).isEqualTo(key.getString("key_id"));
  }

  @Test
  void pagesKeysByCursor() {
    for (int i = 0; i < 3; i++) {
      api.newKey(Role.VIEWER, null);
    }
    String path = "/api/keys?limit=2&order=asc";
    JsonObject first = api.get(path).json();
    String cursor = first.getJsonObject("pagination").getString("next_cursor");
    JsonObject second = api.get(path + "&cursor=" + cursor).json();

    assertThat(api.get(path + "&offset=2").json().getJsonArray("keys"))
        .isEqualTo(second.getJsonArray("keys"));
    assertThat(api.get("/api/keys?cursor=" + cursor).faultyFields()).containsExactly("cursor");
  }

  @Test
  void keepsAnAdminOfAProjectWithinIt() {
    String admin = api.newKey(Role.ADMIN, "walled");
    JsonObject wide = new JsonObject().put("name", "k").put("role", "admin").put("project_id", "x");
    assertThat(api.call("POST", "/api/keys", wide.encode(), admin).status()).isEqualTo(403);
    wide.remove("project_id");
    JsonObject made = api.call("POST", "/api/keys", wide.encode(), admin).json();
    assertThat(made.getString("project_id")).isEqualTo("walled");
    assertThat(api.call("GET", "/api/keys", null, admin).json().getInteger("total")).isEqualTo(2);
  }

  @Test
  void refusesMoreWrongMetricsTokensThanAnAddressMaySend() {
    try (TestApi limited = new TestApi(List.of(), AccessApiTest::withMetricsToken)) {
      for (int i = 0; i < 25; i++) {
        assertThat(limited.call("GET", "/metrics", null, null).status()).isEqualTo(401);
      }
      int refused = 0;
      for (int i = 0; i < 25; i++) {
        refused += limited.call("GET", "/metrics", null, "wrong-" + i).status() == 429 ? 1 : 0;
      }
      assertThat(refused).isBetween(1, 5);
      Answer last = limited.call("GET", "/health/ready", null, "wrong");
      assertThat(last.status()).isEqualTo(429);
      assertThat(Integer.parseInt(last.header("Retry-After"))).isBetween(1, 60);
      assertThat(limited.call("GET", "/metrics", null, "a-metrics-token").status()).isEqualTo(200);
    }
  }

  private static HttpConfig withMetricsToken(HttpConfig http) {
    return new HttpConfig(
        http.host(),
        http.port(),
        List.of(),
        "a-metrics-token",
        http.bodyBytesMax(),
        http.connectionsMax(),
        http.idleTimeout(),
        http.readTimeout());
  }

  @Test
  void refusesMoreWrongTokensThanAnAddressMaySend() {
    try (TestApi limited = new TestApi()) {
      String good = limited.newKey(Role.VIEWER, null);
      int refused = 0;
      Answer last = null;
      for (int i = 0; i < 25; i++) {
        last = limited.call("GET", "/api/webhooks", null, "wrong-" + i);
        refused += last.status() == 429 ? 1 : 0;
      }
      assertThat(refused).isBetween(1, 5);
      assertThat(last.status()).isEqualTo(429);
      assertThat(Integer.parseInt(last.header("Retry-After"))).isBetween(1, 60);
      assertThat(limited.call("GET", "/api/webhooks", null, good).status()).isEqualTo(200);
    }
  }
}
