package io.fanfare.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.fanfare.contract.ApiDescription;
import io.fanfare.contract.RequiresTool;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API reference: all of the description, and commands that work when they are pasted. */
@RequiresTool(
    value = {"node", "chromium", "bash", "curl"},
    npm = "playwright-core")
class ReferenceTest {
  private static TestFanfare fanfare;
  private static TestReceiver receiver;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
    receiver = TestReceiver.start(fanfare.vertx());
    String webhook =
        fanfare.webhook(receiver.url("/hook"), new JsonObject()).getString("webhook_id");
    fanfare.publish("build.completed", new JsonObject());
    Awaitility.await()
        .until(
            () ->
                TestFanfare.await(fanfare.client().get("/api/webhooks/" + webhook + "/deliveries"))
                        .getInteger("total")
                    == 1);
    browser = Browser.shared();
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

  private static String url() {
    return "http://127.0.0.1:" + fanfare.port() + "/docs";
  }

  @Test
  void showsEveryRouteToEverybodyAndFindsThem() {
    Browser.Watched watched = browser.open(url());
    Page page = watched.page();
    assertThat(page).hasTitle("API reference · Fanfare");
    long routes =
        ApiDescription.raw().getJsonObject("paths").stream()
            .flatMap(path -> ((JsonObject) path.getValue()).fieldNames().stream())
            .filter(List.of("get", "post", "put", "delete")::contains)
            .count();
    // And what a receiver gets.
    assertThat(page.locator(".operation")).hasCount((int) routes + 1);
    assertThat(page.locator("#createWebhook")).containsText("retry_policy");
    assertThat(page.locator("#createWebhook pre").first())
        .containsText("Authorization: Bearer TOKEN");

    page.getByRole(AriaRole.SEARCHBOX).fill("circuit-changes");
    assertThat(page.locator(".operation")).hasCount(1);
    assertThat(page.locator(".operation"))
        .containsText("/api/webhooks/{webhook_id}/circuit-changes");
    page.getByRole(AriaRole.SEARCHBOX).fill("no such thing");
    assertThat(page.locator(".empty")).isVisible();
    assertThat(watched.faults()).isEmpty();
  }

  @Test
  void commandsWorkWhenTheyArePasted() throws Exception {
    Visit visit = Visit.signIn(browser, fanfare.port(), TestFanfare.TOKEN, "en");
    Page page = visit.page();
    page.navigate(url());
    List<String> ids =
        List.of(
            "listWebhooks",
            "createWebhook",
            "testWebhook",
            "getWebhook",
            "listDeliveries",
            "getDelivery",
            "getWebhookStats",
            "publishEvent",
            "publishEvents",
            "listEvents",
            "explainEvent",
            "explainDelivery",
            "createKey",
            "whoami",
            "getOverview",
            "getStorage",
            "isReady",
            "getMetrics",
            "streamOverview");
    for (String id : ids) {
      Locator operation = page.locator("#" + id);
      operation.locator(".code button").first().click();
      assertThat(operation.locator(".code button").first()).containsText("Copied");
      String command = String.valueOf(page.evaluate("() => navigator.clipboard.readText()"));
      assertThat(statusOf(command)).as(command).startsWith("2");
      assertThat(operation.locator("pre").first()).not().containsText(TestFanfare.TOKEN);
    }
    assertThat(visit.faults()).isEmpty();
  }

  /** Runs a command as it was pasted, and tells the status of the answer. */
  private static String statusOf(String command) throws Exception {
    Process shell =
        new ProcessBuilder(
                "bash", "-c", command + " -s -o /dev/null --max-time 1 -w '%{http_code}'")
            .redirectErrorStream(true)
            .start();
    assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .collect(Collectors.joining());
  }
}
