package io.fanfare.faults;

import io.fanfare.client.FanfareClient;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code fanfare start} in a process of its own, with an embedded PostgreSQL in the test's folder:
 * one to be killed.
 */
final class ServiceProcess implements AutoCloseable {
  private static final String TOKEN = "test-admin-token-0123456789";
  private static final Pattern READY = Pattern.compile("ready: http://127\\.0\\.0\\.1:(\\d+)/");

  private final Process process;
  private final Path data;
  private final int port;

  private ServiceProcess(Process process, Path data, int port) {
    this.process = process;
    this.data = data;
    this.port = port;
  }

  static ServiceProcess start(Path folder) throws IOException {
    Path data = folder.resolve("postgres");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            "io.fanfare.cli.Main",
            "start");
    builder
        .environment()
        .putAll(
            Map.of(
                "FANFARE_HTTP_PORT", "0",
                "FANFARE_LOG_LEVEL", "warn",
                "FANFARE_AUTH_ADMIN_TOKEN", TOKEN,
                "FANFARE_DATABASE_EMBEDDED_DIR", data.toString(),
                "FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8"));
    builder.redirectErrorStream(true);
    Process process = builder.start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      Matcher matcher = READY.matcher(line);
      if (matcher.find()) {
        // Whatever it logs from now on must not fill the pipe.
        output.close();
        return new ServiceProcess(process, data, Integer.parseInt(matcher.group(1)));
      }
    }
    throw new IOException("the service did not start: " + said);
  }

  FanfareClient client(Vertx vertx) {
    return new FanfareClient(vertx, "127.0.0.1", port, TOKEN);
  }

  /** {@code kill -9}; with the database first, so that nothing of it is flushed. */
  void kill(boolean withDatabase) throws IOException, InterruptedException {
    if (withDatabase) {
      ProcessHandle.of(postmaster())
          .ifPresent(
              server -> {
                server.children().forEach(ProcessHandle::destroyForcibly);
                server.destroyForcibly();
              });
    }
    process.destroyForcibly();
    process.waitFor(30, TimeUnit.SECONDS);
  }

  /** The process of its PostgreSQL. */
  long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("data/postmaster.pid")).get(0).trim());
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Waits until it has ended. */
  int exitCode() throws IOException, InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IOException("the service did not stop when told to");
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the service did not stop when told to");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
