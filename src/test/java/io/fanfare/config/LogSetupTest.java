package io.fanfare.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogSetupTest {
  private final LoggerContext context = new LoggerContext();

  @Test
  void writesOneJsonObjectALineWhereAsked() throws Exception {
    load();

    LogSetup.apply(context, new LogConfig(LogConfig.Level.DEBUG, LogConfig.Format.JSON));

    assertThat(root().getLevel()).isEqualTo(Level.DEBUG);
    assertThat(root().getAppender("ERR").isStarted()).isTrue();
    assertThat(encoded("a \"quoted\" text"))
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"level\":\"INFO\"", "a \\\"quoted\\\" text");
  }

  @Test
  void writesTextForPeopleOtherwise() throws Exception {
    load();

    LogSetup.apply(context, new LogConfig(LogConfig.Level.WARN, LogConfig.Format.TEXT));

    assertThat(root().getLevel()).isEqualTo(Level.WARN);
    assertThat(encoded("text")).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z INFO +test text\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r",
        "\n",
        "\r\n",
        "\u0000",
        "\u001b[31m",
        "\u0008",
        "\u007f",
        "\u0085",
        "\u009b",
        "\u2028",
        "\u2029",
        "\u202e"
      })
  void letsNoTextOfAStrangerLookLikeAnotherLineOrColourIt(String text) throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));

    assertThat(encoded("before" + text + "2026-01-01T00:00:00.000Z ERROR forged"))
        .matches("[ -~]*before[ -~]*forged\n");
  }

  @Test
  void letsNoMessageOfAnExceptionLookLikeAnotherLine() throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));
    String forged = "\r\n2026-01-01T00:00:00.000Z ERROR forged \u001b[31m\u0000\u2028";
    Exception cause = new IllegalStateException("inner" + forged);
    String said = encoded("text", new IllegalArgumentException("outer" + forged, cause));

    assertThat(said).contains("outer", "Caused by", "inner", "LogSetupTest.java:");
    assertThat(said).matches("(?s)[ -~\n\t]*");
    List<String> lines = said.lines().toList();
    assertThat(lines.get(0)).endsWith(" test text");
    assertThat(lines.subList(1, lines.size()))
        .allSatisfy(line -> assertThat(line).startsWith("  "));
  }

  private void load() throws Exception {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    context.setMDCAdapter(new LogbackMDCAdapter());
    configurator.doConfigure(LogSetupTest.class.getResource("/logback.xml"));
  }

  private Logger root() {
    return context.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private String encoded(String message) {
    return encoded(message, null);
  }

  private String encoded(String message, Throwable thrown) {
    Encoder<ILoggingEvent> encoder =
        ((OutputStreamAppender<ILoggingEvent>) root().getAppender("ERR")).getEncoder();
    var event =
        new LoggingEvent("test", context.getLogger("test"), Level.INFO, message, thrown, null);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
