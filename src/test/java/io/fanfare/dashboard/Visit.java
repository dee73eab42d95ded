package io.fanfare.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.fanfare.dashboard.Browser.Watched;
import java.util.List;

/** Somebody at the dashboard, who finds things by what they are called. */
final class Visit {
  private final Watched watched;
  private final Words words;
  private final String url;

  private Visit(Watched watched, Words words, String url) {
    this.watched = watched;
    this.words = words;
    this.url = url;
  }

  /** Opens the dashboard of a service on this port and signs in. */
  static Visit signIn(Browser browser, int port, String token, String language) throws Exception {
    Visit visit = open(browser, port, language);
    visit.enter(token);
    assertThat(visit.page().locator(".side")).isVisible();
    return visit;
  }

  /** Opens the dashboard in front of its door. */
  static Visit open(Browser browser, int port, String language) throws Exception {
    String url = "http://127.0.0.1:" + port + "/";
    return new Visit(
        browser.open(url, language.equals("zh") ? "zh-CN" : "en-US", ""), Words.of(language), url);
  }

  /** Types a token and signs in. */
  void enter(String token) {
    page().getByLabel(words.get("signin.token")).fill(token);
    button("signin.do").click();
  }

  Page page() {
    return watched.page();
  }

  Words words() {
    return words;
  }

  /** What must not have happened so far. */
  List<String> faults() {
    return watched.faults();
  }

  /** Complaints of the page alone, where refusals are part of the test. */
  List<String> complaints() {
    return watched.complaints();
  }

  /** Goes to a view by its address. */
  void go(String path) {
    page().navigate(url + "#/" + path);
  }

  /** Opens a view from the menu. */
  void menu(String key) {
    page()
        .locator(".side nav")
        .getByRole(
            AriaRole.LINK, new Locator.GetByRoleOptions().setName(words.get(key)).setExact(true))
        .click();
  }

  /** The button of these words. */
  Locator button(String key) {
    return page()
        .getByRole(
            AriaRole.BUTTON, new Page.GetByRoleOptions().setName(words.get(key)).setExact(true));
  }

  /** The button of these words with what stands in braces replaced. */
  Locator button(String key, String name, Object value) {
    return page()
        .getByRole(
            AriaRole.BUTTON,
            new Page.GetByRoleOptions().setName(words.get(key, name, value)).setExact(true));
  }

  /** The link of these words. */
  Locator link(String key) {
    return page()
        .getByRole(
            AriaRole.LINK, new Page.GetByRoleOptions().setName(words.get(key)).setExact(true));
  }

  /** The section under the title of these words. */
  Locator section(String key) {
    return page()
        .getByRole(
            AriaRole.REGION, new Page.GetByRoleOptions().setName(words.get(key)).setExact(true));
  }

  /** The field of these words, or of this name where it is the same in every language. */
  Locator field(String key) {
    String name = words.all().getOrDefault(key, key);
    return page().getByLabel(name, new Page.GetByLabelOptions().setExact(true));
  }

  /** The title of the view. */
  Locator title() {
    return page().locator("main h1");
  }

  /** Waits until a stream is live. */
  void awaitLive() {
    assertThat(page().locator(".live.open")).hasText(words.get("stream.open"));
  }
}
