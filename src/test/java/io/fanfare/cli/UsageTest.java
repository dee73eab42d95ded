package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person reads who types something wrong, or asks for help. */
class UsageTest {
  private static final int EX_USAGE = 64;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "strt | fanfare does not know 'strt'; did you mean 'fanfare start'?",
        "frobnicate | fanfare does not know 'frobnicate'; see 'fanfare --help'",
        "keys | missing required subcommand; see 'fanfare keys --help'",
        "tail --url x --token y | --url must be like http://127.0.0.1:8080; see 'fanfare tail --help'",
        "tail --count x | invalid value for option '--count': 'x' is not a long; see 'fanfare tail"
            + " --help'",
        "keys crate | fanfare keys does not know 'crate'; did you mean 'fanfare keys create'?",
        "start extra | fanfare start does not know 'extra'; see 'fanfare start --help'",
        "start --confg x | fanfare start does not know '--confg'; did you mean '--config'?",
        "start --config | missing required parameter for option '--config' (FILE); see 'fanfare"
            + " start --help'",
        "keys create | missing required option: '--role=ROLE'; see 'fanfare keys create --help'",
        "keys create --role boss | invalid value for option '--role': must be admin, manager,"
            + " publisher or viewer, not 'boss'; see 'fanfare keys create --help'",
      })
  void refusesInOneSentenceWhatItDoesNotKnow(String typed, String sentence) {
    int exitCode = run(typed.split(" ", -1));

    assertThat(err.toString().lines()).containsExactly(sentence);
    assertThat(out.toString()).isEmpty();
    assertThat(exitCode).isEqualTo(EX_USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void listsTheCommands(String typed) {
    assertThat(run(typed)).isZero();
    assertThat(out.toString()).contains("  demo ", "  keys ", "  secrets ", "  start ", "  tail ");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString().lines()).singleElement().asString().startsWith("Fanfare ");
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
