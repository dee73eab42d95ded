package io.fanfare.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.fanfare.TestFanfare;
import io.fanfare.contract.RequiresTool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every page can be used by everybody, light and dark, wide and on a phone. Leaves pictures of them
 * in {@code target/screenshots}.
 */
@RequiresTool(
    value = {"node", "chromium"},
    npm = "playwright-core")
class AppearanceTest {
  private static final Path PICTURES = Path.of("target", "screenshots");
  private static final int WIDE = 1_280;
  private static final int NARROW = 390;

  /** From the top, and drawn anew in the size of now. */
  private static final String PAINTED =
      "() => new Promise(done => { scrollTo(0, 0);"
          + " requestAnimationFrame(() => requestAnimationFrame(done)); })";

  private static SampleInstallation sample;
  private static Browser browser;
  private static Axe axe;

  /**
   * A page.
   *
   * @param awaited what is there once the page has all it shows
   */
  private record View(String name, String path, String awaited) {}

  @BeforeAll
  static void start() throws Exception {
    sample = SampleInstallation.start();
    browser = Browser.shared();
    axe = new Axe();
  }

  @AfterEach
  void closeTabs() {
    browser.closeTabs();
  }

  @AfterAll
  static void stop() {
    sample.close();
  }

  @Test
  void theDoor() throws Exception {
    Visit visit = Visit.open(browser, sample.port(), "en");
    assertThat(visit.page().locator("#token")).isVisible();
    assertThat(lookAt(visit.page(), "sign-in")).isEmpty();
  }

  @Test
  void everyPage() throws Exception {
    Visit visit = Visit.signIn(browser, sample.port(), TestFanfare.TOKEN, "en");
    String failing = sample.failing();
    List<String> faults = new ArrayList<>();
    for (View view :
        List.of(
            new View("overview", "", ".u-over >> nth=1"),
            new View("webhooks", "webhooks", ".sparkline >> nth=3"),
            new View("webhook-new", "webhooks/new", "#events"),
            new View("webhook-edit", "webhooks/" + failing + "/edit", "#events"),
            new View("webhook", "webhooks/" + failing, ".u-over >> nth=1"),
            new View("deliveries", "deliveries?webhook_id=" + failing, ".deliveries tbody tr"),
            new View("delivery", "deliveries/" + failing + "/" + sample.failed(), ".headers"),
            new View("delivery-waits", "why?id=" + sample.waiting(), ".explanation.blocked"),
            new View("why", "why", "table tbody tr"),
            new View("why-event", "why?id=" + sample.event(), ".explanation"),
            new View("events", "events", "table tbody tr"),
            new View("publish", "events/new", "#data"),
            new View("storage", "storage", ".figures"),
            new View("nothing", "no/such/page", "h1"))) {
      visit.go(view.path());
      assertThat(visit.page().locator(view.awaited()).first()).isVisible();
      assertThat(visit.page().locator("main .loading")).hasCount(0);
      faults.addAll(lookAt(visit.page(), view.name()));
    }
    visit.go("tail");
    visit.awaitLive();
    sample.publishSome();
    assertThat(visit.page().locator(".tail tbody tr").nth(5)).isVisible();
    faults.addAll(lookAt(visit.page(), "tail"));

    assertThat(faults).isEmpty();
    assertThat(faultsOf(visit)).isEmpty();
  }

  @Test
  void whatOpensOnAPage() throws Exception {
    Visit visit = Visit.signIn(browser, sample.port(), TestFanfare.TOKEN, "en");
    List<String> faults = new ArrayList<>();
    visit.page().setViewportSize(NARROW, 800);
    visit.button("menu").click();
    assertThat(visit.link("nav.storage")).isVisible();
    faults.addAll(lookAt(visit.page(), "menu", false));

    visit.go("deliveries?webhook_id=" + sample.failing());
    visit.button("redeliver.many").click();
    assertThat(visit.page().locator("dialog")).containsText("Deliveries that match: 3.");
    faults.addAll(lookAt(visit.page(), "redeliver", false));
    visit.button("do.cancel").click();

    visit.go("webhooks/" + sample.failing());
    visit.button("test.do").click();
    assertThat(visit.section("test.title").locator(".exchange .headers").first()).isVisible();
    faults.addAll(lookAt(visit.page(), "webhook-tested"));
    visit.button("secret.replace").click();
    faults.addAll(lookAt(visit.page(), "secret-replace", false));
    visit.button("do.cancel").click();

    visit.go("webhooks/" + sample.failing() + "/edit");
    visit.page().getByText(visit.words().get("form.more")).click();
    visit.page().locator("#timeout").fill("never");
    visit.button("do.save").click();
    assertThat(visit.page().locator("#timeout-fault")).isVisible();
    faults.addAll(lookAt(visit.page(), "webhook-faults"));
    assertThat(faults).isEmpty();
    assertThat(visit.complaints().stream().filter(one -> !one.startsWith("Canvas2D: "))).isEmpty();
  }

  @Test
  void theBeginning() throws Exception {
    Visit visit = Visit.signIn(browser, sample.port(), TestFanfare.TOKEN, "zh");
    visit.page().locator(".project input").fill("proj_empty");
    visit.page().locator(".project input").press("Tab");
    assertThat(visit.section("welcome")).isVisible();
    visit.awaitLive();
    assertThat(lookAt(visit.page(), "welcome-zh")).isEmpty();
    assertThat(faultsOf(visit)).isEmpty();
  }

  @Test
  void theReference() throws Exception {
    Visit visit = Visit.signIn(browser, sample.port(), TestFanfare.TOKEN, "en");
    visit.page().navigate("http://127.0.0.1:" + sample.port() + "/docs");
    assertThat(visit.page().locator("#createWebhook")).isVisible();
    // All routes look alike: a few of them are enough, and all of them take axe long.
    visit.page().getByRole(AriaRole.SEARCHBOX).fill("test");
    assertThat(visit.page().locator("#createWebhook")).hasCount(0);
    assertThat(lookAt(visit.page(), "docs", false)).isEmpty();
    assertThat(faultsOf(visit)).isEmpty();
  }

  /** Without what Chromium says of axe, which reads colours from a canvas. */
  private static List<String> faultsOf(Visit visit) {
    return visit.faults().stream().filter(fault -> !fault.startsWith("Canvas2D: ")).toList();
  }

  /** Pictures in all four ways, and what is wrong in any of them. */
  private static List<String> lookAt(Page page, String name) {
    return lookAt(page, name, true);
  }

  /**
   * The same.
   *
   * @param whole whether pictures are of the whole page, or of what is seen of it
   */
  private static List<String> lookAt(Page page, String name, boolean whole) {
    List<String> faults = new ArrayList<>();
    for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      for (int width : new int[] {WIDE, NARROW}) {
        page.setViewportSize(width, 800);
        page.evaluate(PAINTED);
        String way = name + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
        page.screenshot(
            new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(way + ".png"))
                .setFullPage(whole));
        // Both widths and both schemes, each once.
        if ((width == WIDE) == (scheme == ColorScheme.LIGHT)) {
          axe.violations(page).forEach(violation -> faults.add(way + ": " + violation));
        }
        if ((boolean)
            page.evaluate(
                "() => document.documentElement.scrollWidth > document.documentElement.clientWidth")) {
          faults.add(way + ": wider than the screen");
        }
      }
    }
    page.setViewportSize(WIDE, 800);
    return faults;
  }
}
