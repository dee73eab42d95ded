package io.fanfare.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.RequiresTool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets in, what each may see, and that what strangers wrote is never more than text. */
@RequiresTool(
    value = {"node", "chromium"},
    npm = "playwright-core")
class DashboardTest {
  /** Would run, were any of it taken for HTML. */
  private static final String HOSTILE =
      "\"'><img src=x onerror=\"alert(1)\"><script>alert(2)</script>${alert(3)}&lt;b&gt;";

  private static final String QUOTED = new JsonObject().put(HOSTILE, HOSTILE).encode();
  private static final String SECRET = "a-secret-that-viewers-never-see";
  private static final int OVERVIEW_BYTES_MAX = 200_000;

  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static Browser browser;
  private static String refusing;
  private static String failed;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_HEADER_PREFIX", "X-Own-"));
    receiver = TestReceiver.start(fanfare.vertx());
    receiver.answer("/refuses", 400, HOSTILE);
    webhook("calm", "/accepts");
    refusing = webhook(HOSTILE, "/refuses");
    fanfare.publish("build.completed", new JsonObject().put(HOSTILE, HOSTILE));
    await().until(() -> deliveries().stream().allMatch(one -> !one.isEmpty()));
    failed = deliveries().get(0);
    browser = Browser.shared();
  }

  private static List<String> deliveries() throws Exception {
    return TestFanfare.await(
            fanfare.client().get("/api/webhooks/" + refusing + "/deliveries?status=failed"))
        .getJsonArray("deliveries")
        .stream()
        .map(delivery -> ((JsonObject) delivery).getString("delivery_id"))
        .toList();
  }

  private static String webhook(String name, String path) throws Exception {
    return fanfare
        .webhook(
            receiver.url(path),
            new JsonObject()
                .put("name", name)
                .put("description", HOSTILE)
                .put("secret", SECRET)
                .put("headers", new JsonObject().put("X-Hostile", HOSTILE)))
        .getString("webhook_id");
  }

  @AfterEach
  void closeTabs() {
    browser.closeTabs();
  }

  @AfterAll
  static void stop() {
    receiver.close();
    fanfare.close();
  }

  private static Visit visit(String token) throws Exception {
    return Visit.signIn(browser, fanfare.port(), token, "en");
  }

  @Test
  void keepsOutWhoHasNoToken() throws Exception {
    Visit visit = Visit.open(browser, fanfare.port(), "en");
    visit.enter("fanfare_wrong");
    assertThat(visit.page().getByRole(AriaRole.ALERT))
        .hasText("This token is not valid, or not any more.");
    assertThat(visit.page().locator(".side")).hasCount(0);

    visit.enter(TestFanfare.TOKEN);
    assertThat(visit.title()).hasText("Overview");
    assertThat(visit.page().url()).doesNotContain(TestFanfare.TOKEN);
    visit.button("signout").click();
    assertThat(visit.page().locator(".sign-in")).isVisible();
    visit.page().reload();
    assertThat(visit.page().locator(".sign-in")).isVisible();
    assertThat(visit.complaints()).isEmpty();
  }

  @Test
  void signsOutWhoseKeyIsRevoked() throws Exception {
    JsonObject key =
        TestFanfare.await(
            fanfare
                .client()
                .post("/api/keys", new JsonObject().put("name", "short").put("role", "viewer")));
    Visit visit = visit(key.getString("token"));
    visit.menu("nav.tail");
    visit.awaitLive();
    TestFanfare.await(fanfare.client().delete("/api/keys/" + key.getString("key_id")));
    assertThat(visit.page().locator(".live.ended")).containsText("key_revoked");
    visit.menu("nav.webhooks");
    assertThat(visit.page().locator(".sign-in")).containsText("The token was revoked.");
  }

  @Test
  void showsWhatUsersAndReceiversWroteAsText() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.menu("nav.webhooks");
    visit.page().getByRole(AriaRole.LINK, named(HOSTILE)).click();
    assertThat(visit.title()).hasText(HOSTILE);
    assertThat(visit.page().locator(".facts").first()).containsText(HOSTILE);

    visit.go("deliveries/" + refusing + "/" + failed);
    Locator exchange = visit.page().locator(".exchange");
    assertThat(exchange).containsText("HTTP 400: Bad Request");
    assertThat(exchange.getByLabel("Body of the answer").locator("code")).hasText(HOSTILE);
    assertThat(exchange.getByLabel("Payload"))
        .containsText(QUOTED.substring(1, QUOTED.indexOf("\":")));
    assertThat(visit.page().locator("main img, main script")).hasCount(0);

    visit.go("why?id=" + failed);
    assertThat(visit.page().locator("main")).containsText(HOSTILE);
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void showsAViewerNoSecretAndNothingThatWouldBeRefused() throws Exception {
    Visit visit = visit(fanfare.key("viewer", null));
    for (String path :
        List.of(
            "",
            "webhooks",
            "webhooks/" + refusing,
            "deliveries?webhook_id=" + refusing,
            "deliveries/" + refusing + "/" + failed,
            "tail",
            "why?id=" + failed,
            "events",
            "storage")) {
      visit.go(path);
      assertThat(visit.title()).isVisible();
      assertThat(visit.page().locator("main .loading")).hasCount(0);
      assertThat(visit.page().content()).doesNotContain(SECRET);
      for (String key :
          List.of(
              "do.edit",
              "do.disable",
              "do.delete",
              "test.do",
              "redeliver",
              "redeliver.many",
              "secret.show",
              "secret.replace")) {
        assertThat(visit.button(key)).hasCount(0);
      }
      assertThat(visit.link("webhooks.new")).hasCount(0);
      assertThat(visit.link("publish")).hasCount(0);
    }
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void showsAKeyOfAProjectItsProjectOnly() throws Exception {
    Visit visit = visit(fanfare.key("manager", "proj_own"));
    assertThat(visit.page().locator(".project")).containsText("proj_own");
    assertThat(visit.section("welcome")).isVisible();
    visit.awaitLive();
    assertThat(visit.page().locator(".side nav")).not().containsText("Storage");
    visit.menu("nav.webhooks");
    assertThat(visit.page().locator(".empty")).isVisible();
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void letsAPublisherPublish() throws Exception {
    Visit visit = visit(fanfare.key("publisher", null));
    assertThat(visit.title()).hasText("Publish an event");
    assertThat(visit.page().locator(".side nav li")).hasCount(2);
    visit.page().locator("#event").selectOption("user.login");
    visit.button("publish").click();
    assertThat(visit.page().locator(".note.good")).containsText("Webhooks that it is for: 2");
    assertThat(visit.faults()).isEmpty();

    visit.page().locator("#data").fill("{\"broken\": ");
    visit.button("publish").click();
    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("JSON");
  }

  @Test
  void putsTheServersWordsAtTheFields() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.go("webhooks/new");
    visit.field("URL").fill("nonsense");
    visit.button("do.create").click();
    assertThat(visit.page().locator("#name-fault")).containsText("must be");
    assertThat(visit.page().locator("#url-fault")).isVisible();
    assertThat(visit.page().locator("#events-fault")).isVisible();
    assertThat(visit.page().locator("#name")).isFocused();
    visit.page().getByText("Retries, timeout and headers").click();
    visit.page().locator("#max_attempts").fill("many");
    visit.page().locator("#timeout").fill("0");
    visit.button("do.create").click();
    assertThat(visit.page().locator("#max_attempts-fault")).isVisible();
    assertThat(visit.page().locator("#timeout-fault")).isVisible();
    assertThat(visit.complaints()).isEmpty();
  }

  @Test
  void changesDisablesAndDeletesAWebhook() throws Exception {
    String id = webhook("short-lived", "/accepts");
    Visit visit = visit(TestFanfare.TOKEN);
    visit.go("webhooks/" + id + "/edit");
    visit.field("form.name").fill("renamed");
    visit.button("do.save").click();
    assertThat(visit.title()).hasText("renamed");
    // What was not touched is as it was.
    assertThat(receiver.url("/accepts"))
        .isEqualTo(TestFanfare.await(fanfare.client().get("/api/webhooks/" + id)).getString("url"));

    visit.button("do.disable").click();
    assertThat(visit.page().locator(".marks")).containsText("inactive");
    visit.button("do.enable").click();
    assertThat(visit.button("do.disable")).isVisible();

    Locator secret = visit.section("secret.title");
    assertThat(secret).not().containsText(SECRET);
    visit.button("secret.show").click();
    assertThat(secret).containsText(SECRET);
    assertThat(secret.locator("pre")).containsText("x-own-signature-256");
    visit.button("secret.replace").click();
    visit.field("secret.new").fill("another-secret");
    visit.button("do.replace").click();
    assertThat(secret).containsText("another-secret");

    visit.button("do.delete").click();
    visit.page().locator("dialog").getByRole(AriaRole.BUTTON, inside("Delete")).click();
    assertThat(visit.title()).hasText("Webhooks");
    assertThat(visit.page().locator("table")).not().containsText("renamed");
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void filtersAndPausesTheTail() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.menu("nav.tail");
    visit.page().locator(".filters select").first().selectOption(refusing);
    visit.awaitLive();
    fanfare.publish("file.updated", new JsonObject());
    Locator rows = visit.page().locator(".tail tbody tr");
    assertThat(rows).hasCount(1);
    assertThat(rows).containsText("HTTP 400: Bad Request");

    visit.button("tail.pause").click();
    fanfare.publish("file.created", new JsonObject());
    Locator resume = visit.button("tail.resume", "n", 1);
    assertThat(resume).isVisible();
    assertThat(rows).hasCount(1);
    resume.click();
    assertThat(rows).hasCount(2);
    assertThat(rows.first()).containsText("file.created");
    visit.button("tail.clear").click();
    assertThat(rows).hasCount(0);
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void sortsAndSearchesWebhooks() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.menu("nav.webhooks");
    Locator names = visit.page().locator("tbody th a");
    visit.field("filter.text").fill("ACCEPTS");
    assertThat(names).hasCount(1);
    assertThat(names).hasText("calm");
    visit.page().reload();
    assertThat(names).hasText("calm");
    visit.field("filter.text").fill("");
    visit.button("plot.failed").click();
    assertThat(names.first()).hasText(HOSTILE);
    visit.button("plot.failed").click();
    assertThat(names.first()).not().hasText(HOSTILE);
    assertThat(visit.page().locator("th[aria-sort='ascending']")).containsText("Failed");
    assertThat(visit.page().locator(".sparkline").first())
        .hasAttribute("aria-label", Pattern.compile("Last 24 hours: \\d+ delivered, \\d+ failed"));
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void saysWhenTheServiceIsAwayAndGoesOn() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.menu("nav.events");
    assertThat(visit.page().locator("tbody tr").first()).isVisible();
    visit.page().context().setOffline(true);
    visit.page().locator(".filters select").selectOption("build.completed");
    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("cannot be reached");
    visit.page().context().setOffline(false);
    visit.button("do.retry").click();
    assertThat(visit.page().locator("tbody tr").first()).containsText("build.completed");
    assertThat(visit.page().getByRole(AriaRole.ALERT)).hasCount(0);
  }

  @Test
  void changesLanguageAndColoursInPlace() throws Exception {
    Visit visit = visit(TestFanfare.TOKEN);
    visit.field("preference.language").selectOption("zh");
    assertThat(visit.title()).hasText("概览");
    assertThat(visit.page().locator("html")).hasAttribute("lang", "zh-CN");
    visit.page().reload();
    assertThat(visit.title()).hasText("概览");
    visit.page().getByLabel("配色").selectOption("dark");
    assertThat(visit.page().locator("html")).hasAttribute("data-theme", "dark");
    assertThat(visit.faults()).isEmpty();
  }

  @Test
  void canBeUsedWithTheKeyboard() throws Exception {
    Visit visit = Visit.open(browser, fanfare.port(), "en");
    assertThat(visit.page().locator("#token")).isFocused();
    visit.page().keyboard().type(TestFanfare.TOKEN);
    visit.page().keyboard().press("Enter");
    assertThat(visit.title()).isFocused();
    visit.link("nav.webhooks").focus();
    visit.page().keyboard().press("Enter");
    assertThat(visit.title()).hasText("Webhooks");
    assertThat(visit.title()).isFocused();
    visit.link("skip").focus();
    visit.page().keyboard().press("Enter");
    assertThat(visit.page().locator("main")).isFocused();
  }

  /** Its time depends on the machine and is only written down. */
  @Test
  void theOverviewIsSmall() throws Exception {
    Page page =
        browser
            .open(
                "http://127.0.0.1:" + fanfare.port() + "/",
                "en-US",
                "sessionStorage.setItem('fanfare-token', '" + TestFanfare.TOKEN + "')")
            .page();
    assertThat(page.locator(".live.open")).isVisible();
    assertThat(page.locator(".u-over")).hasCount(2);
    int bytes = number(page, "bytes => bytes('navigation') + bytes('resource')");
    assertThat(bytes).isBetween(20_000, OVERVIEW_BYTES_MAX);
    Files.writeString(
        Path.of("target", "overview-load.txt"),
        "bytes %d, requests %d, first paint after %d ms, all plots after %d ms%n"
            .formatted(
                bytes,
                number(page, "() => performance.getEntriesByType('resource').length"),
                number(page, "() => performance.getEntriesByType('paint')[0].startTime"),
                number(page, "() => performance.now()")));
  }

  private static int number(Page page, String script) {
    String bytes =
        "type => performance.getEntriesByType(type)"
            + ".reduce((sum, entry) => sum + entry.encodedBodySize, 0)";
    return ((Number) page.evaluate("() => Math.round((" + script + ")(" + bytes + "))")).intValue();
  }

  @Test
  void goesOnWithALongListWhenItsEndIsSeen() throws Exception {
    JsonArray events = new JsonArray();
    for (int i = 0; i < 120; i++) {
      events.add(new JsonObject().put("event", "project.created").put("data", new JsonObject()));
    }
    TestFanfare.await(
        fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));
    Visit visit = visit(TestFanfare.TOKEN);
    visit.go("deliveries?event_type=project.created&webhook_id=" + refusing);
    Locator rows = visit.page().locator(".deliveries tbody tr");
    assertThat(visit.page().locator("main")).containsText("Deliveries: 120");
    assertThat(rows).hasCount(50);
    rows.last().scrollIntoViewIfNeeded();
    assertThat(rows).hasCount(100);
    rows.last().scrollIntoViewIfNeeded();
    assertThat(rows).hasCount(120);
    assertThat(visit.button("do.next")).hasCount(0);
    assertThat(visit.faults()).isEmpty();
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Locator.GetByRoleOptions inside(String name) {
    return new Locator.GetByRoleOptions().setName(Pattern.compile("^" + name + "$"));
  }
}
