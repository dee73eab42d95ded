package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.contract.RequiresTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code ./fanfare} on machines that lack something, or have it: in a folder of its own with stand-
 * ins for Java and Maven, which write down how they were called.
 */
@RequiresTool("bash")
class LauncherTest {
  private static final int EX_UNAVAILABLE = 69;

  @TempDir Path folder;
  private Path home;
  private Path programs;

  private record Ended(int exitCode, String output) {}

  @BeforeEach
  void copyTheScript() throws IOException {
    home = Files.createDirectories(folder.resolve("home of fanfare"));
    programs = Files.createDirectories(folder.resolve("programs"));
    Files.copy(Path.of("fanfare"), home.resolve("fanfare"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(home.resolve("src/main"));
    Files.createFile(home.resolve("pom.xml"));
    for (String tool : List.of("bash", "dirname", "readlink", "find", "head", "touch", "mkdir")) {
      program(tool, "exec " + whereIs(tool) + " \"$@\"");
    }
  }

  @Test
  void saysThatJavaIsMissing() throws Exception {
    assertRefused(run("start"), "Java is missing: install a JDK 17 or newer");
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_402, 8", "11.0.21, 11", "16, 16"})
  void saysThatJavaIsTooOld(String version, String major) throws Exception {
    java(version);

    assertRefused(run("start"), "Java " + major + " is too old: install a JDK 17 or newer");
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    java("17.0.15");

    assertRefused(run("start"), "Maven is missing: install Maven 3.8.7 or newer");
  }

  @Test
  void saysThatTheCompilerIsMissing() throws Exception {
    java("17.0.15");
    maven(0);

    assertRefused(run("start"), "the Java compiler is missing: install a JDK 17 or newer");
  }

  @Test
  void saysThatJavaHomeHasNoJava() throws Exception {
    assertRefused(
        run(List.of("JAVA_HOME=" + folder), "start"), "there is no Java in JAVA_HOME (" + folder);
  }

  @Test
  void saysThatTheBuildFailed() throws Exception {
    java("17.0.15");
    program("javac", "exit 0");
    maven(1);

    Ended ended = run("start");

    assertThat(ended.output()).contains("the build failed; what Maven says above tells why");
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  @Test
  void buildsOnFirstUseOnlyAndPassesEverythingOn() throws Exception {
    java("25-ea");
    program("javac", "exit 0");
    maven(0);

    Ended first = run(List.of("FANFARE_JAVA_OPTIONS=-Xmx99m -Dx=y"), "start", "--config", "a b");
    Ended second = run("help");

    assertThat(first.exitCode()).isEqualTo(42);
    assertThat(first.output()).contains("building Fanfare", "<-Xmx99m> <-Dx=y> <-jar>");
    assertThat(first.output()).contains("target/fanfare.jar> <start> <--config> <a b>");
    assertThat(second.output()).doesNotContain("building Fanfare").contains("<help>");
  }

  @Test
  void buildsAgainWhereTheSourceIsNewer() throws Exception {
    java("17");
    program("javac", "exit 0");
    maven(0);
    run("help");
    Path source = Files.createFile(home.resolve("src/main/New.java"));
    Files.setLastModifiedTime(source, in(60));

    assertThat(run("help").output()).contains("building Fanfare");
  }

  @Test
  void theFirstServiceThatEndsWritesTheArchiveOfClassesAndLaterOnesStartFromIt() throws Exception {
    java("17.0.15");
    program("javac", "exit 0");
    maven(0);
    Path archive = home.resolve("target/fanfare.jsa");

    assertThat(run("help").output()).doesNotContain("fanfare.jsa");
    assertThat(run("start").output()).contains("<-XX:ArchiveClassesAtExit=" + archive + ">");
    Files.createFile(archive);
    Files.setLastModifiedTime(archive, in(60));
    assertThat(run("demo").output()).contains("<-XX:SharedArchiveFile=" + archive + ">");
    Files.setLastModifiedTime(home.resolve("target/fanfare.jar"), in(120));
    assertThat(run("start").output())
        .as("one that is older than the jar")
        .contains("<-XX:ArchiveClassesAtExit=" + archive + ">");
  }

  private static FileTime in(int seconds) {
    return FileTime.from(Instant.now().plusSeconds(seconds));
  }

  private static void assertRefused(Ended ended, String sentence) {
    assertThat(ended.output().lines()).hasSize(1);
    assertThat(ended.output()).startsWith("fanfare: " + sentence);
    assertThat(ended.exitCode()).isEqualTo(EX_UNAVAILABLE);
  }

  private void java(String version) throws IOException {
    program(
        "java",
        """
        if [[ $1 == -version ]]; then
          echo 'openjdk version "%s" 2025-04-15' >&2
          exit 0
        fi
        for word in "$@"; do printf '<%%s> ' "$word"; done
        exit 42
        """
            .formatted(version));
  }

  private void maven(int exitCode) throws IOException {
    program("mvn", "mkdir -p target && touch target/fanfare.jar\nexit " + exitCode);
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!" + whereIs("bash") + "\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ended run(String... arguments) throws Exception {
    return run(List.of(), arguments);
  }

  private Ended run(List<String> variables, String... arguments) throws Exception {
    Path output = folder.resolve("output.txt");
    List<String> words = new ArrayList<>(List.of("/usr/bin/env", "-i", "PATH=" + programs));
    words.addAll(variables);
    words.add(home.resolve("fanfare").toString());
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .directory(folder.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }

  private static Path whereIs(String tool) {
    return List.of("/usr/bin", "/bin").stream()
        .map(place -> Path.of(place, tool))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }
}
