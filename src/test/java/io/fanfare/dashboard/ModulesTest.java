package io.fanfare.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.contract.RequiresTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Modules of the dashboard that need no browser, by the tests beside this one's resources. */
@RequiresTool("node")
class ModulesTest {
  @Test
  void doWhatTheySay() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                "node",
                "--test",
                Path.of("src", "test", "resources", "dashboard", "modules.test.mjs").toString())
            .redirectErrorStream(true);
    builder.environment().put("WEBROOT", Modules.copy().toUri().toString());
    Process node = builder.start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
    assertThat(said).contains("# fail 0").doesNotContain("# pass 0");
  }
}
