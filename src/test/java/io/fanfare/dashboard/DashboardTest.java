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
import io.fanfare.dashboard.Browser.Watched;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dashboard, in a browser, as somebody who has a token uses it. */
@RequiresTool(
    value = {"node", "chromium"},
    npm = "playwright-core")
class DashboardTest {
  /** Would run, were any of it taken for HTML. */
  private static final String HOSTILE =
      "\"'><img src=x onerror=\"alert(1)\"><script>alert(2)</script>${alert(3)}&lt;b&gt;";

  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    receiver.answer("/refuses", 400, HOSTILE);
    webhook("calm", "/accepts");
    webhook(HOSTILE, "/refuses");
    fanfare.publish("build.completed", new JsonObject().put(HOSTILE, HOSTILE));
    await()
        .until(
            () ->
                TestFanfare.await(fanfare.client().get("/api/webhooks"))
                    .getJsonArray("webhooks")
                    .stream()
                    .map(webhook -> ((JsonObject) webhook).getJsonObject("stats"))
                    .allMatch(stats -> stats.getInteger("pending_deliveries") == 0));
    browser = Browser.launch();
  }

  private static void webhook(String name, String path) throws Exception {
    fanfare.webhook(
        receiver.url(path),
        new JsonObject()
            .put("name", name)
            .put("description", HOSTILE)
            .put("headers", new JsonObject().put("X-Hostile", HOSTILE)));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    receiver.close();
    fanfare.close();
  }

  @Test
  void showsWebhooksTheirDeliveriesAndStatistics() {
    Watched watched = browser.open(url());
    Page page = watched.page();
    signIn(page, TestFanfare.TOKEN);

    assertThat(page.locator("#webhooks tr")).hasCount(2);
    Locator calm = page.locator("#webhooks tr", new Page.LocatorOptions().setHasText("calm"));
    assertThat(calm).containsText(receiver.url("/accepts"));
    assertThat(calm).containsText("active");
    assertThat(calm).containsText("closed");
    assertThat(calm).containsText("100 %");

    button(page, "calm").click();
    assertThat(page.locator("#detail-title")).hasText("calm");
    assertThat(page.locator("#figures")).containsText("95th percentile");
    assertThat(page.locator("#chart rect.success")).not().hasCount(0);
    assertThat(page.locator("#deliveries tr")).hasCount(1);
    assertThat(page.locator("#deliveries tr")).containsText("build.completed");
    assertThat(page.locator("#deliveries tr")).containsText("success");

    button(page, "Send a test").click();
    assertThat(page.locator("#test-result")).containsText("The receiver accepted it: 200");
    assertThat(page.locator("#deliveries tr")).hasCount(2);
    assertThat(page.locator("#health")).hasText("ready");
    assertThat(watched.complaints()).isEmpty();
  }

  @Test
  void showsWhatUsersAndReceiversWroteAsText() {
    Watched watched = browser.open(url());
    Page page = watched.page();
    signIn(page, TestFanfare.TOKEN);

    button(page, HOSTILE).click();
    assertThat(page.locator("#detail-title")).hasText(HOSTILE);
    page.locator("#deliveries button.link").first().click();
    Locator whole = page.locator("#deliveries tr.more");
    assertThat(whole).containsText("HTTP 400: Bad Request");
    assertThat(whole.locator("pre").nth(1)).hasText(HOSTILE);
    String quoted = new JsonObject().put(HOSTILE, HOSTILE).encode();
    assertThat(whole.locator("pre").nth(2))
        .containsText(quoted.substring(1, quoted.indexOf("\":") + 1));

    assertThat(page.locator("#signed-in img, #signed-in script")).hasCount(0);
    assertThat(watched.complaints()).isEmpty();
  }

  @Test
  void keepsOutWhoHasNoToken() {
    Page page = browser.open(url()).page();
    signIn(page, "fanfare_wrong");

    assertThat(page.locator("#notice")).hasText("This token is not valid, or not any more.");
    assertThat(page.locator("#signed-in")).isHidden();

    signIn(page, TestFanfare.TOKEN);
    assertThat(page.locator("#webhooks tr")).hasCount(2);
    button(page, "Sign out").click();
    assertThat(page.locator("#signed-in")).isHidden();
    page.reload();
    assertThat(page.locator("#signed-out")).isVisible();
  }

  @Test
  void showsTheApiReference() {
    Watched watched = browser.open(url() + "docs");

    assertThat(watched.page().locator("#operations-tag-Webhooks, .opblock").first()).isVisible();
    assertThat(watched.page()).hasTitle(java.util.regex.Pattern.compile("Fanfare.*"));
    assertThat(watched.complaints()).isEmpty();
  }

  private static String url() {
    return "http://127.0.0.1:" + fanfare.port() + "/";
  }

  private static void signIn(Page page, String token) {
    page.getByLabel("API token").fill(token);
    button(page, "Sign in").click();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }
}
