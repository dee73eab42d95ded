package io.fanfare.cli;

import io.fanfare.config.ConfigException;
import io.fanfare.config.StartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: one command line with a subcommand for each thing to do. */
@Command(
    name = "fanfare",
    description = "Delivers webhooks: every event, signed, to every URL that asked for it.",
    subcommands = {
      StartCommand.class,
      DemoCommand.class,
      KeysCommand.class,
      SecretsCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private static final int EXIT_FAILURE = 1;

  private Main() {}

  /** Runs a command and exits with its code; a refusal is one sentence, never a stack trace. */
  public static void main(String[] args) {
    int code =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((e, line, result) -> explain(e))
            .execute(args.length == 0 ? new String[] {"help"} : args);
    // Vert.x' threads would keep a process alive whose command has ended.
    System.exit(code);
  }

  private static int explain(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof StartException refused) {
        return say(refused.getMessage(), refused.exitCode());
      }
      if (t instanceof ConfigException wrong) {
        return say(String.join(System.lineSeparator(), wrong.problems()), wrong.exitCode());
      }
    }
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return say(
        "fanfare failed: "
            + (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + " (run with FANFARE_LOG_LEVEL=debug to see more)",
        EXIT_FAILURE);
  }

  private static int say(String sentence, int code) {
    Console.error(sentence);
    return code;
  }
}
