package io.fanfare.dashboard;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Chromium of this machine, driven through Node.js of this machine and playwright-core of npm. */
final class Browser implements AutoCloseable {
  private static final double PATIENCE_MILLIS = 20_000;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  /** A page, and everything that it complained of. */
  record Watched(Page page, List<String> complaints) {}

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  static Browser launch() throws IOException {
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
        playwright,
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

  /** A tab of its own that shares nothing with others. */
  Watched open(String url) {
    Page page = chromium.newContext().newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    List<String> complaints = new CopyOnWriteArrayList<>();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onDialog(
        dialog -> {
          complaints.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
    page.navigate(url);
    return new Watched(page, complaints);
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
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
