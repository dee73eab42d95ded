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
import org.junit.jupiter.api.Test;

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
    Encoder<ILoggingEvent> encoder =
        ((OutputStreamAppender<ILoggingEvent>) root().getAppender("ERR")).getEncoder();
    var event =
        new LoggingEvent("test", context.getLogger("test"), Level.INFO, message, null, null);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
