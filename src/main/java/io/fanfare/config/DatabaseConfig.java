package io.fanfare.config;

import io.vertx.pgclient.PgConnectOptions;
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
    new Limits()
        .rule(
            "url",
            url.isEmpty() || isPostgres(url),
            "empty, or like postgresql://user:password@host:port/db")
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

  private static boolean isPostgres(String url) {
    try {
      PgConnectOptions.fromUri(url);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return ConfigText.line(this);
  }
}
