package io.fanfare.cli;

import io.fanfare.config.ConfigException;
import io.fanfare.config.StartException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: one command line with a subcommand for each thing to do. */
@Command(
    name = "fanfare",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Delivers webhooks: every event, signed, to every URL that asked for it.",
    subcommands = {
      StartCommand.class,
      DemoCommand.class,
      TailCommand.class,
      KeysCommand.class,
      SecretsCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private static final int EXIT_FAILURE = 1;
  // EX_USAGE of sysexits.h, as are the codes of StartException.
  private static final int EXIT_USAGE = 64;

  private Main() {}

  /** Runs a command and exits with its code; a refusal is one sentence, never a stack trace. */
  public static void main(String[] args) {
    int code = commandLine().execute(args.length == 0 ? new String[] {"help"} : args);
    // Vert.x' threads would keep a process alive whose command has ended.
    System.exit(code);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler((e, arguments) -> explainUsage(e))
        .setExecutionExceptionHandler((e, line, result) -> explain(e));
  }

  private static int explainUsage(ParameterException wrong) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(wrong.getMessage());
    String advice = "see '" + command + " --help'";
    if (wrong instanceof UnmatchedArgumentException unknown) {
      message = command + " does not know '" + unknown.getUnmatched().get(0) + "'";
      if (!unknown.getSuggestions().isEmpty()) {
        String[] words = unknown.getSuggestions().get(0).split(" ", -1);
        String meant = words[words.length - 1];
        advice = "did you mean '" + (meant.startsWith("-") ? "" : command + " ") + meant + "'?";
      }
    }
    String sentence = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    wrong.getCommandLine().getErr().println(sentence + "; " + advice);
    return EXIT_USAGE;
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
