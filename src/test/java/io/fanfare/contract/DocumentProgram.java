package io.fanfare.contract;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program of the API document in a process of its own, run as it is printed there. Tests that use
 * it carry {@link RequiresTool}.
 */
public final class DocumentProgram implements AutoCloseable {
  private static final long SECONDS_MAX = 60;
  private static final String LISTENING = "listening on ";

  /** What a program that ended has printed. */
  public record Output(int exitCode, List<String> lines) {
    /** Everything in one text. */
    public String text() {
      return String.join("\n", lines);
    }
  }

  private final Process process;
  private final BufferedReader reader;
  private final URI url;

  private DocumentProgram(Process process, BufferedReader reader, URI url) {
    this.process = process;
    this.reader = reader;
    this.url = url;
  }

  /**
   * Runs a client to its end: {@code create-webhook.js}, {@code monitor.js} (one check) or {@code
   * test-all.js}.
   *
   * @param baseUrl where the service is, without a slash at the end
   * @param accessToken the token of an API key
   */
  public static Output runClient(String program, String baseUrl, String accessToken)
      throws IOException, InterruptedException {
    return run(command(program), Map.of("BASE_URL", baseUrl, "ACCESS_TOKEN", accessToken), "");
  }

  /**
   * Starts a receiver and waits until it listens: {@code verify.js}, {@code verify.py} or {@code
   * receiver.js}.
   *
   * @param secret of the webhook whose deliveries it accepts
   */
  public static DocumentProgram startReceiver(String program, String secret) throws IOException {
    Process process = builder(command(program), Map.of("WEBHOOK_SECRET", secret)).start();
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith(LISTENING)) {
        String port = line.substring(LISTENING.length());
        URI url = URI.create("http://127.0.0.1:" + port + "/webhooks/trae");
        return new DocumentProgram(process, reader, url);
      }
      lines.add(line);
    }
    throw new IOException(program + " ended before it listened: " + String.join("\n", lines));
  }

  /**
   * What the reference implementation of Standard Webhooks says of a delivery: {@code verified}, or
   * why not. Needs its npm package.
   *
   * @param input an object with {@code secret}, {@code headers} (lower case) and {@code body}
   */
  public static String verifyStandardWebhook(io.vertx.core.json.JsonObject input)
      throws IOException, InterruptedException {
    Path modules = RequiresToolCondition.NODE_MODULES.toAbsolutePath();
    List<String> command = List.of("node", file("harness/standard-webhooks.js"));
    return run(command, Map.of("NODE_PATH", modules.toString()), input.encode()).text();
  }

  /** Where a receiver takes deliveries. */
  public URI url() {
    return url;
  }

  /** The next line that the receiver prints; waits for it. */
  public String nextLine() throws IOException {
    String line = reader.readLine();
    if (line == null) {
      throw new IOException("the receiver has ended");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    reader.close();
  }

  private static Output run(List<String> command, Map<String, String> environment, String input)
      throws IOException, InterruptedException {
    Process process = builder(command, environment).start();
    try (var writer = process.outputWriter(StandardCharsets.UTF_8)) {
      writer.write(input);
    }
    // Ends the reading below when the program hangs.
    var watchdog = java.util.concurrent.CompletableFuture.delayedExecutor(SECONDS_MAX, SECONDS);
    watchdog.execute(process::destroyForcibly);
    List<String> lines;
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      lines = reader.lines().toList();
    }
    return new Output(process.waitFor(), lines);
  }

  private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("PYTHONUNBUFFERED", "1");
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    return builder;
  }

  private static List<String> command(String program) {
    return program.endsWith(".py")
        ? List.of("python3", file("harness/run.py"), file(program))
        : List.of("node", file("harness/run.js"), file(program));
  }

  private static String file(String name) {
    try {
      var resource = DocumentProgram.class.getResource("/document/" + name);
      if (resource == null) {
        throw new IllegalArgumentException("there is no test resource /document/" + name);
      }
      return Path.of(resource.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
