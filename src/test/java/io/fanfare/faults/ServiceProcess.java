package io.fanfare.faults;

import io.fanfare.client.FanfareClient;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * {@code fanfare start} in a process of its own, with an embedded PostgreSQL in the test's folder
 * or on a server that the test names: one to be killed.
 */
final class ServiceProcess implements AutoCloseable {
  static final String TOKEN = "test-admin-token-0123456789";
  private static final Pattern READY = Pattern.compile("ready: http://127\\.0\\.0\\.1:(\\d+)/");

  private static @Nullable String classPath;

  private final Process process;
  private final Path data;
  private final int port;

  private ServiceProcess(Process process, Path data, int port) {
    this.process = process;
    this.data = data;
    this.port = port;
  }

  static ServiceProcess start(Path folder) throws IOException {
    return start(folder, List.of("-Xmx512m"), Map.of());
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param java options of Java
   * @param environment configuration beside what every test needs
   * @throws IOException where it ends instead, with what it said
   */
  static ServiceProcess start(Path folder, List<String> java, Map<String, String> environment)
      throws IOException {
    Process process = launch(folder, List.of("start"), java, environment);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      Matcher matcher = READY.matcher(line);
      if (matcher.find()) {
        keepReading(output, folder.resolve("service.log"));
        return new ServiceProcess(
            process, folder.resolve("postgres"), Integer.parseInt(matcher.group(1)));
      }
    }
    throw new IOException("the service did not start: " + said);
  }

  /** Runs any command of the program; its output is to be read from the process. */
  static Process launch(
      Path folder, List<String> words, List<String> java, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java);
    command.addAll(List.of("-cp", classPath(), "io.fanfare.cli.Main"));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "FANFARE_HTTP_PORT", "0",
                "FANFARE_LOG_LEVEL", "warn",
                "FANFARE_AUTH_ADMIN_TOKEN", TOKEN,
                "FANFARE_DATABASE_EMBEDDED_DIR", folder.resolve("postgres").toString(),
                "FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** As in operation: the classes in one file, which stays open, and not in a folder. */
  private static synchronized String classPath() {
    if (classPath == null) {
      String classes = Path.of("target/classes").toAbsolutePath().toString();
      String jar = Path.of("target/service-classes.jar").toAbsolutePath().toString();
      int code =
          ToolProvider.findFirst("jar")
              .orElseThrow()
              .run(System.out, System.err, "--create", "--file", jar, "-C", classes, ".");
      if (code != 0) {
        throw new IllegalStateException("the classes cannot be put into " + jar);
      }
      classPath = System.getProperty("java.class.path").replace(classes, jar);
    }
    return classPath;
  }

  /** What it logs must not fill the pipe, and says afterwards what went wrong. */
  private static void keepReading(BufferedReader output, Path log) {
    Thread reader =
        new Thread(
            () -> {
              try (output;
                  BufferedWriter written = Files.newBufferedWriter(log)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                  written.write(line);
                  written.newLine();
                  written.flush();
                }
              } catch (IOException e) {
                // The process was killed in the middle of a line.
                return;
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  FanfareClient client(Vertx vertx) {
    return new FanfareClient(vertx, "127.0.0.1", port, TOKEN);
  }

  /** What it tells Prometheus. */
  String metrics() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Most memory that it has had, from {@code /proc}; 0 once it has ended. */
  long peakMebibytes() throws IOException {
    Path status = Path.of("/proc/" + pid() + "/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
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

  /** Whether it has not ended. */
  boolean isAlive() {
    return process.isAlive();
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
