package io.fanfare.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, one record a room. {@code conf/fanfare.conf} lists every key with its
 * default and its meaning; the names of components here are those keys in camel case.
 */
public record FanfareConfig(
    HttpConfig http,
    RuntimeConfig runtime,
    DatabaseConfig database,
    AuthConfig auth,
    SecretsConfig secrets,
    IngestConfig ingest,
    DeliveryConfig delivery,
    OutcomeConfig outcome,
    ScheduleConfig schedule,
    StatsConfig stats,
    LiveConfig live,
    RetentionConfig retention,
    TracingConfig tracing,
    LogConfig log) {

  /**
   * What was loaded.
   *
   * @param warnings one line each, to be logged: unknown {@code FANFARE_} variables
   */
  public record Loaded(FanfareConfig config, List<String> warnings) {}

  /** Checks the relations between rooms. */
  public FanfareConfig {
    new Limits()
        .rule(
            "secrets.keys",
            database.url().isEmpty() || !secrets.keys().isEmpty(),
            "set when database.url is (make one with: openssl rand -base64 32)")
        .rule(
            "ingest.uncommittedBytesMax",
            ingest.uncommittedBytesMax() >= http.bodyBytesMax(),
            "at least http.body_bytes_max")
        .rule(
            "ingest.eventDataBytesMax",
            ingest.eventDataBytesMax() <= http.bodyBytesMax(),
            "at most http.body_bytes_max")
        .enforce();
  }

  /**
   * Reads the defaults, over them the file, over that the environment.
   *
   * @param file a HOCON file; null for none
   * @param environment as of {@link System#getenv()}
   * @throws ConfigException with all problems at once
   */
  public static Loaded load(@Nullable Path file, Map<String, String> environment) {
    return ConfigLoader.load(file, environment);
  }

  /** One line of all keys and values for the log, secrets hidden. */
  public String effective() {
    return ConfigText.line(this);
  }

  @Override
  public String toString() {
    return effective();
  }
}
