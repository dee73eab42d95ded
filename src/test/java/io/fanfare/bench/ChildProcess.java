package io.fanfare.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A process of a benchmark: this Java, this class path or another one, another main class. */
final class ChildProcess implements AutoCloseable {
  /** The class path of this process. */
  static final String CLASS_PATH = System.getProperty("java.class.path");

  // A benchmark that is ended from outside leaves nobody behind, who would then answer for the
  // next.
  private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

  private static volatile Runnable lastly = () -> {};

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::endAll, "bench-children"));
  }

  private final Process process;
  private final BufferedReader output;
  private final PrintStream input;

  private ChildProcess(Process process) {
    this.process = process;
    ALIVE.add(process);
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  static ChildProcess start(
      Class<?> main, List<String> jvm, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(CLASS_PATH, main, jvm, environment, arguments);
  }

  /** The same with a class path of its own. */
  static ChildProcess start(
      String classPath,
      Class<?> main,
      List<String> jvm,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(BenchedService.OPTIONS); // the service would warn of it
    builder.environment().remove(BenchedServer.URL); // who shall use it is told
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new ChildProcess(builder.start());
  }

  /** What this process does at its very end, after all others have gone. */
  static void lastly(Runnable work) {
    lastly = work;
  }

  private static void endAll() {
    Set<Process> left = Set.copyOf(ALIVE);
    left.forEach(Process::destroy);
    left.forEach(process -> process.onExit().completeOnTimeout(process, 40, SECONDS).join());
    lastly.run();
  }

  /** Tells the process what to do next: a line on its standard input. */
  void tell(String line) {
    input.println(line);
  }

  long pid() {
    return process.pid();
  }

  /** The number behind the next line that starts with this word. */
  long await(String word) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(word)) {
        return Long.parseLong(line.substring(word.length()).trim());
      }
    }
    throw new IOException("the process ended without '" + word + "'");
  }

  /** Ends it as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    ALIVE.remove(process);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(40, SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    ALIVE.remove(process);
  }
}
