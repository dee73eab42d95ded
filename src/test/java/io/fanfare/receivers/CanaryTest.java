package io.fanfare.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.contract.RequiresTool;
import io.fanfare.webhook.AddressOracle;
import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Private addresses that would answer: in a network namespace of its own, where every denied range
 * is this machine and a canary listens on all of it, a whole service dials none.
 */
@RequiresTool(
    value = {"unshare", "ip"},
    namespace = true)
class CanaryTest {
  // The service within has a PostgreSQL of its own, below its working directory.
  @TempDir private Path folder;

  @Test
  void nothingPrivateIsDialledThoughEverythingPrivateAnswers() throws Exception {
    Process run =
        new ProcessBuilder(
                "unshare",
                "-n",
                "sh",
                "-c",
                network() + "exec \"$@\"",
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
    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).as(said).isZero();
    assertThat(said).contains("nothing private was dialled");
    said.lines().filter(line -> line.startsWith("canary.")).forEach(System.out::println);
  }

  /** Makes every denied range and two public ones addresses of this machine. */
  private static String network() {
    String addresses =
        """
        ip link set lo up || exit 99
        ip addr add %s/32 dev lo || exit 99
        # With an IPv6 address of its own, or the resolver would not ask for any.
        ip -6 addr add fd00:99::1/128 dev lo || exit 99
        """
            .formatted(CanaryRun.OWN_ADDRESS);
    return Stream.concat(
            AddressOracle.DENIED.stream().flatMap(range -> range.networks().stream()),
            Stream.of(DeniedNames.PUBLIC_IPV4 + "/32", DeniedNames.PUBLIC_IPV6 + "/128"))
        .map(
            network ->
                "ip %s route replace local %s dev lo || exit 99"
                    .formatted(network.contains(":") ? "-6" : "-4", network))
        .collect(Collectors.joining("\n", addresses, "\n"));
  }

  private static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
