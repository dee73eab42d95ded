package io.fanfare.dashboard;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Chromium of this machine, driven through Node.js of this machine and playwright-core of npm. One
 * for all tests, which use it one after the other.
 */
final class Browser {
  private static final double PATIENCE_MILLIS = 20_000;
  private static @Nullable Browser shared;

  private final com.microsoft.playwright.Browser chromium;

  /**
   * A page, and what must not have happened in it.
   *
   * @param complaints errors and warnings of its console, errors of its scripts, and dialogs
   * @param strangers addresses of other origins that it asked
   * @param refusals requests of its own that were answered with an error
   */
  record Watched(
      Page page, List<String> complaints, List<String> strangers, List<String> refusals) {
    /** Everything that must not have happened. */
    List<String> faults() {
      List<String> faults = new CopyOnWriteArrayList<>(complaints);
      faults.addAll(strangers);
      faults.addAll(refusals);
      return faults;
    }
  }

  private Browser(com.microsoft.playwright.Browser chromium) {
    this.chromium = chromium;
  }

  /** The browser, launched where it is not yet; it ends with the JVM. */
  static synchronized Browser shared() throws IOException {
    if (shared == null) {
      shared = launch();
    }
    return shared;
  }

  private static Browser launch() throws IOException {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    // The Java side looks for a folder with these two in it.
    Path driver = Path.of("target", "playwright-driver").toAbsolutePath();
    Files.createDirectories(driver);
    link(driver.resolve("node"), inPath("node"));
    link(
        driver.resolve("package"),
        Path.of("target", "npm", "node_modules", "playwright-core").toAbsolutePath());
    System.setProperty("playwright.cli.dir", driver.toString());
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(inPath("chromium"))
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync"))));
  }

  /** A tab of its own that shares nothing with others, of somebody who reads English. */
  Watched open(String url) {
    return open(url, "en-US", "");
  }

  /**
   * The same of somebody who reads another language.
   *
   * @param first a script that runs before those of the page
   */
  Watched open(String url, String locale, String first) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setLocale(locale)
                .setTimezoneId("UTC")
                // Nothing is between two colours when it is looked at.
                .setReducedMotion(ReducedMotion.REDUCE));
    context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
    context.addInitScript(first);
    Page page = context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    Watched watched =
        new Watched(
            page,
            new CopyOnWriteArrayList<>(),
            new CopyOnWriteArrayList<>(),
            new CopyOnWriteArrayList<>());
    page.onConsoleMessage(
        message -> {
          boolean refused = message.text().startsWith("Failed to load resource: the server");
          if (List.of("error", "warning").contains(message.type()) && !refused) {
            watched.complaints().add(message.text());
          }
        });
    page.onPageError(watched.complaints()::add);
    page.onDialog(
        dialog -> {
          watched.complaints().add("dialog: " + dialog.message());
          dialog.dismiss();
        });
    String own = "http://" + URI.create(url).getAuthority() + "/";
    page.onRequest(
        request -> {
          if (!request.url().startsWith(own) && !request.url().startsWith("data:")) {
            watched.strangers().add(request.url());
          }
        });
    page.onResponse(
        response -> {
          if (response.status() >= 400) {
            watched.refusals().add(response.status() + " " + response.url());
          }
        });
    page.navigate(url);
    return watched;
  }

  /** Closes every tab: one that is left open goes on to ask a service that has gone. */
  void closeTabs() {
    List.copyOf(chromium.contexts()).forEach(BrowserContext::close);
  }

  private static void link(Path link, Path target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, target);
  }

  private static Path inPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
