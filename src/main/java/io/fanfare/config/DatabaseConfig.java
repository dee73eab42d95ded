package io.fanfare.config;

import java.nio.file.Path;
import java.time.Duration;

/** PostgreSQL: an own one where {@code url} is empty. */
public record DatabaseConfig(
    @Secret String url,
    Path embeddedDir,
    int embeddedPort,
    int ingestConnections,
    int outcomeConnections,
    int readConnections,
    int controlConnections,
    Duration statementTimeout,
    Duration readTimeout,
    Duration connectWait) {

  /** Checks the bounds. */
  public DatabaseConfig {
    String urlFault = url.isEmpty() ? null : DatabaseUrl.fault(url);
    new Limits()
        .rule("url", urlFault == null, "empty, or " + urlFault)
        .count("embeddedPort", embeddedPort, 0, 65_535)
        .count("ingestConnections", ingestConnections, 1, 64)
        .count("outcomeConnections", outcomeConnections, 1, 64)
        .count("readConnections", readConnections, 1, 64)
        .count("controlConnections", controlConnections, 2, 64)
        .duration("statementTimeout", statementTimeout, Duration.ofMillis(100), Duration.ofHours(1))
        .duration("readTimeout", readTimeout, Duration.ofMillis(100), Duration.ofHours(1))
        .duration("connectWait", connectWait, Duration.ZERO, Duration.ofHours(1))
        .enforce();
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
