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
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

class LogSetupTest {
  private final LoggerContext context = new LoggerContext();

  @Test
  void writesOneJsonObjectALineWhereAsked() throws Exception {
    load();

    LogSetup.apply(context, new LogConfig(LogConfig.Level.DEBUG, LogConfig.Format.JSON, false));

    assertThat(root().getLevel()).isEqualTo(Level.DEBUG);
    assertThat(root().getAppender("ERR").isStarted()).isTrue();
    assertThat(encoded("a \"quoted\" text"))
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"level\":\"INFO\"", "a \\\"quoted\\\" text");
  }

  @Test
  void writesWhatALineSaysUnderItsOwnNames() throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.JSON, false));

    JsonObject line = new JsonObject(encoded(withPairs("text of {}", "Anna")));
    assertThat(line.fieldNames())
        .containsExactly("time", "level", "logger", "thread", "message", "id", "n", "yes", "said");
    assertThat(Instant.parse(line.getString("time"))).isNotNull();
    assertThat(line.getString("logger")).isEqualTo("test");
    assertThat(line.getString("message")).isEqualTo("text of Anna");
    assertThat(line.getInteger("n")).isEqualTo(7);
    assertThat(line.getBoolean("yes")).isTrue();
    assertThat(line.getString("said")).isEqualTo("a \"b\" c");
  }

  @Test
  void writesThemBehindTheTextForPeople() throws Exception {
    load();

    assertThat(encoded(withPairs("text of {}", "Anna")))
        .endsWith(" text of Anna id=del_1 n=7 yes=true said=\"a \\\"b\\\" c\"\n");
  }

  private LoggingEvent withPairs(String message, Object argument) {
    LoggingEvent event = event(message, null, argument);
    event.addKeyValuePair(new KeyValuePair("id", "del_1"));
    event.addKeyValuePair(new KeyValuePair("n", 7));
    event.addKeyValuePair(new KeyValuePair("yes", true));
    event.addKeyValuePair(new KeyValuePair("said", "a \"b\" c"));
    return event;
  }

  @Test
  void logsAttemptsWhereAskedWhateverElseIsLogged() throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.WARN, LogConfig.Format.TEXT, true));
    assertThat(context.getLogger("fanfare.attempts").isInfoEnabled()).isTrue();
    assertThat(context.getLogger("io.fanfare").isInfoEnabled()).isFalse();
  }

  @Test
  void writesTextForPeopleOtherwise() throws Exception {
    load();

    LogSetup.apply(context, new LogConfig(LogConfig.Level.WARN, LogConfig.Format.TEXT, false));

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
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT, false));

    assertThat(encoded("before" + text + "2026-01-01T00:00:00.000Z ERROR forged"))
        .matches("[ -~]*before[ -~]*forged\n");
    LoggingEvent event = event("text", null);
    event.addKeyValuePair(new KeyValuePair("error", "before" + text + "forged"));
    assertThat(encoded(event)).matches("[ -~]*before[ -~]*forged\"?\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\r\n", "\u0000", "\u001b[31m", "\u0085", "\u009b", "\u2028", "\u202e", "\ud800"})
  void masksTheSameInJson(String text) throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.JSON, false));
    LoggingEvent event =
        event("before" + text + "after", new IllegalStateException("outer" + text + "forged"));
    event.addKeyValuePair(new KeyValuePair("error", "before" + text + "after"));

    String line = encoded(event);
    assertThat(line).matches("[ -~]*\n");
    JsonObject json = new JsonObject(line);
    assertThat(json.getString("message")).matches("before[ -~]+after");
    assertThat(json.getString("error")).matches("before[ -~]+after");
    assertThat(json.getString("exception"))
        .matches("(?s)[ -~\n\t]*")
        .contains("outer", "forged", "LogSetupTest.java:");
  }

  @Test
  void letsNoMessageOfAnExceptionLookLikeAnotherLine() throws Exception {
    load();
    LogSetup.apply(context, new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT, false));
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
    return encoded(event(message, thrown));
  }

  private LoggingEvent event(String message, Throwable thrown, Object... arguments) {
    return new LoggingEvent(
        "test", context.getLogger("test"), Level.INFO, message, thrown, arguments);
  }

  private String encoded(LoggingEvent event) {
    Encoder<ILoggingEvent> encoder =
        ((OutputStreamAppender<ILoggingEvent>) root().getAppender("ERR")).getEncoder();
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
