package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.config.FanfareConfig;
import io.fanfare.contract.RequiresTool;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What README.md promises a newcomer. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("\\./fanfare ([a-z]+)( [a-z]+\\b)?");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern VARIABLE = Pattern.compile("FANFARE_[A-Z_]+");

  @Test
  @RequiresTool({"bash", "curl", "node"})
  void theFirstWebhookWorksAsItIsTyped(@TempDir Path folder) throws Exception {
    String script =
        matches(SHELL)
            .map(block -> block.group(1))
            .filter(block -> block.contains("/events"))
            .findFirst()
            .orElseThrow();
    assertThat(script.lines()).as("five lines").hasSize(5);
    try (TestFanfare fanfare = TestFanfare.start()) {
      Path said = folder.resolve("said.txt");
      Process shell =
          new ProcessBuilder(
                  "bash",
                  "-c",
                  script
                          .replace("TOKEN", TestFanfare.TOKEN)
                          .replace("8080", "" + fanfare.port())
                          .replace("9000", "" + freePort())
                      + "\nwait")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        await()
            .until(
                () -> Files.readString(said),
                text ->
                    text.contains("\"webhooks\":[{\"webhook_id\":\"webhook_")
                        && text.contains("\"data\":{\"build_id\": \"build_123\"}}"));
      } finally {
        shell.descendants().forEach(ProcessHandle::destroy);
        shell.destroy();
      }
    }
  }

  @Test
  void everyCommandExists() throws IOException {
    List<MatchResult> named = matches(COMMAND).toList();

    assertThat(named.stream().map(command -> command.group(1))).contains("demo", "start", "keys");
    assertThat(Path.of("fanfare")).isExecutable();
    for (MatchResult command : named) {
      CommandLine line = Main.commandLine().getSubcommands().get(command.group(1));
      assertThat(line).as(command.group()).isNotNull();
      if (command.group(2) != null && !line.getSubcommands().isEmpty()) {
        assertThat(line.getSubcommands()).containsKey(command.group(2).strip());
      }
    }
  }

  @Test
  void everyFileAndEveryVariableThatItNamesExists() throws IOException {
    assertThat(matches(LINK).map(link -> Path.of(link.group(1))))
        .isNotEmpty()
        .allMatch(Files::exists);

    Map<String, String> environment = new TreeMap<>();
    matches(VARIABLE)
        .filter(name -> !name.group().equals("FANFARE_JAVA_OPTIONS"))
        .forEach(name -> environment.put(name.group(), ""));
    environment.put("FANFARE_HTTP_PORT", "0");
    assertThat(FanfareConfig.load(null, environment).warnings()).isEmpty();
  }

  private static Stream<MatchResult> matches(Pattern pattern) throws IOException {
    Matcher matcher = pattern.matcher(Files.readString(README));
    return matcher.results();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
