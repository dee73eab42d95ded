package io.fanfare.dashboard;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Looks for what keeps people out (WCAG 2.2 A and AA), as axe-core finds it. */
final class Axe {
  private static final String SCRIPT = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
  private static final String RUN =
      """
      async () => {
        const found = await axe.run(document, { resultTypes: ['violations'] });
        return found.violations
          .filter((violation) => ['serious', 'critical'].includes(violation.impact))
          .flatMap((violation) => violation.nodes.map((node) =>
            `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
      }
      """;

  private final String script;

  Axe() throws IOException {
    try (InputStream in = Axe.class.getResourceAsStream(SCRIPT)) {
      script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Serious and critical violations; empty for none. */
  List<String> violations(Page page) {
    if (!(boolean) page.evaluate("() => 'axe' in window")) {
      page.evaluate(script);
    }
    return ((List<?>) page.evaluate(RUN)).stream().map(String::valueOf).toList();
  }
}
