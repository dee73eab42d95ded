package io.fanfare.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.RequiresTool;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From an empty installation to a repaired receiver, as somebody with a browser does it, in every
 * language.
 */
@RequiresTool(
    value = {"node", "chromium"},
    npm = "playwright-core")
class DashboardJourneyTest {
  private static final int EVENTS = 8;

  private static Browser browser;

  @BeforeAll
  static void launch() throws Exception {
    browser = Browser.shared();
  }

  @AfterEach
  void closeTabs() {
    browser.closeTabs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "zh"})
  void fromTheFirstWebhookToARepairedReceiver(String language) throws Exception {
    // Long open, so that it is not closed by a probe but by the test that somebody sends.
    try (TestFanfare fanfare =
            TestFanfare.start(
                Map.of(
                    "FANFARE_DELIVERY_CIRCUIT_FAILURES", "3",
                    "FANFARE_DELIVERY_CIRCUIT_OPEN", "10m",
                    "FANFARE_STATS_FOLD_INTERVAL", "1s"));
        TestReceiver receiver = TestReceiver.start(fanfare.vertx())) {
      Visit visit = Visit.signIn(browser, fanfare.port(), TestFanfare.TOKEN, language);
      assertThat(visit.section("welcome")).isVisible();

      String webhook = create(visit, receiver.url("/hook"));
      watchItArrive(visit, fanfare);
      breakTheReceiver(visit, fanfare, receiver, webhook);
      repair(visit, receiver, webhook);
      redeliver(visit, receiver, webhook);
      askWhy(visit, fanfare);

      assertThat(visit.faults()).isEmpty();
    }
  }

  private static String create(Visit visit, String url) {
    visit.section("welcome").getByRole(AriaRole.LINK).first().click();
    visit.field("form.name").fill("Receiver");
    visit.field("URL").fill(url);
    visit.field("form.events.all").check();
    visit.page().getByText(visit.words().get("form.more")).click();
    visit.page().locator("#max_attempts").fill("1");
    visit.button("do.create").click();

    assertThat(visit.title()).hasText("Receiver");
    assertThat(visit.page().locator(".facts").first()).containsText(url);
    String address = visit.page().url();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  private static void watchItArrive(Visit visit, TestFanfare fanfare) throws Exception {
    visit.menu("nav.tail");
    visit.awaitLive();
    fanfare.publish("build.completed", new JsonObject().put("build_id", "b-1"));

    Locator row = visit.page().locator(".tail tbody tr");
    assertThat(row).hasCount(1);
    assertThat(row).containsText("build.completed");
    assertThat(row).containsText(visit.words().get("status.success"));
  }

  private static void breakTheReceiver(
      Visit visit, TestFanfare fanfare, TestReceiver receiver, String webhook) throws Exception {
    receiver.answer("/hook", 503, "out of order");
    for (int i = 0; i < EVENTS; i++) {
      fanfare.publish("build.failed", new JsonObject().put("build_id", "b-" + i));
    }
    assertThat(
            visit
                .page()
                .locator(".tail tbody tr")
                .filter(new Locator.FilterOptions().setHasText("HTTP 503"))
                .first())
        .containsText(visit.words().get("status.failed"));

    visit.menu("nav.overview");
    visit.awaitLive();
    assertThat(visit.section("circuits")).containsText("Receiver");
    visit.button("range.24h").click();
    assertThat(visit.section("worst")).containsText("Receiver");
    visit.section("circuits").getByRole(AriaRole.LINK).click();
    assertThat(visit.page().locator(".marks").first())
        .containsText(visit.words().get("circuit.open"));
    assertThat(visit.section("failures")).containsText("HTTP 503: Service Unavailable");
    assertThat(visit.section("circuit.history").locator(".mark.bad")).isVisible();
    assertThat(visit.page().url()).endsWith(webhook);
  }

  private static void repair(Visit visit, TestReceiver receiver, String webhook) {
    receiver.answer("/hook", 200, "{\"thanks\":true}");
    visit.button("test.do").click();

    Locator test = visit.section("test.title");
    assertThat(test).containsText(visit.words().get("test.accepted"));
    assertThat(test.locator(".exchange")).containsText("\"thanks\": true");
    // What is shown is what was sent.
    TestReceiver.Receipt sent =
        receiver.receipts("/hook").stream()
            .filter(receipt -> receipt.header("x-trae-event").equals("test.ping"))
            .findFirst()
            .orElseThrow();
    assertThat(test.locator(".headers").first()).containsText(sent.header("x-trae-signature-256"));
    assertThat(visit.page().locator(".marks").first())
        .containsText(visit.words().get("circuit.closed"));
    assertThat(visit.page().url()).endsWith(webhook);
  }

  private static void redeliver(Visit visit, TestReceiver receiver, String webhook) {
    visit.link("recent.all").click();
    visit.page().locator(".filters select").nth(1).selectOption("failed");
    Locator rows = visit.page().locator(".deliveries tbody tr");
    assertThat(rows.first()).containsText(visit.words().get("status.failed"));
    await().until(() -> receiver.receipts("/hook").size() >= EVENTS + 2);
    int failed = rows.count();
    int received = receiver.receipts("/hook").size();

    visit.button("redeliver.many").click();
    visit.button("redeliver.do", "n", failed).click();
    assertThat(visit.page().locator(".progress"))
        .containsText(
            visit
                .words()
                .get("redelivery.done", "done", failed)
                .replace("{all}", String.valueOf(failed)));
    await().until(() -> receiver.receipts("/hook").size() == received + failed);

    rows.first().getByRole(AriaRole.LINK).click();
    assertThat(visit.page().locator(".explanation")).hasClass("explanation failed");
    assertThat(visit.page().locator(".exchange")).containsText("out of order");
    visit.button("redeliver").click();
    assertThat(visit.page().locator(".explanation")).hasClass("explanation success");
    assertThat(visit.page().url()).contains(webhook);
  }

  private static void askWhy(Visit visit, TestFanfare fanfare) throws Exception {
    JsonObject unwanted =
        TestFanfare.await(
            fanfare
                .client()
                .post(
                    "/api/events",
                    new JsonObject().put("event", "file.created").put("data", new JsonObject())));
    visit.menu("nav.why");
    visit.field("why.id").fill(unwanted.getString("event_id"));
    visit.button("why.ask").click();
    assertThat(visit.page().locator("main")).containsText("file.created");
    assertThat(visit.page().locator("main")).containsText(visit.words().get("why.matched", "n", 1));
    assertThat(visit.page().locator(".explanation")).hasClass("explanation success");
  }
}
