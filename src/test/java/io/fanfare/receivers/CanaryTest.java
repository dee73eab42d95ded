package io.fanfare.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Private addresses that would answer: in a network namespace of its own, where every private range
 * is this machine and a canary listens on all of them, a whole service dials none.
 */
class CanaryTest {
  private static final String NETWORK =
      """
      ip link set lo up || exit 99
      # With an IPv6 address of its own, or the resolver would not ask for any.
      ip -6 addr add fd00:99::1/128 dev lo || exit 99
      for r in 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 198.18.0.0/15 93.184.216.0/24
      do ip route add local $r dev lo || exit 99; done
      for r in fc00::/7 fe80::/10 64:ff9b::/96 2002::/16 2606:4700::/32
      do ip -6 route add local $r dev lo || exit 99; done
      """;

  // The service within has a PostgreSQL of its own, below its working directory.
  @TempDir private Path folder;

  @Test
  void nothingPrivateIsDialledThoughEverythingPrivateAnswers() throws Exception {
    assumeTrue(
        exit(List.of("unshare", "-n", "sh", "-c", NETWORK)) == 0,
        "needs root, unshare, ip and IPv6, to make a network namespace");
    Process run =
        new ProcessBuilder(
                "unshare",
                "-n",
                "sh",
                "-c",
                NETWORK + "exec \"$@\"",
                "canary",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                absoluteClassPath(),
                CanaryRun.class.getName(),
                Long.toString(System.nanoTime()))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(run.getInputStream().readAllBytes(), UTF_8);
    assertThat(run.waitFor()).as(said).isZero();
    assertThat(said).contains("nothing private was dialled");
  }

  private static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static int exit(List<String> command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor();
    } catch (IOException missing) {
      return 127;
    }
  }
}
