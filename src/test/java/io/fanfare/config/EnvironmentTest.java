package io.fanfare.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key can be set by its variable: numbers, sizes, durations, lists and texts. */
class EnvironmentTest {
  private static final Config DEFAULTS =
      ConfigFactory.parseFile(new File("conf/fanfare.conf")).resolve();

  static Stream<ConfigKey> keys() {
    return ConfigKey.of(FanfareConfig.class).values().stream();
  }

  @Test
  void takesEveryDefaultFromItsVariable() {
    Map<String, String> environment = new TreeMap<>();
    keys().forEach(key -> environment.put(key.variable(), text(key)));

    FanfareConfig.Loaded loaded = FanfareConfig.load(null, environment);

    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config()).isEqualTo(FanfareConfig.load(null, Map.of()).config());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void namesTheVariableOfAValueThatCannotBe(ConfigKey key) {
    // No number, size, duration, network, URL, key, level or header; control characters fit no
    // text.
    Map<String, String> environment = Map.of(key.variable(), "\u0000\n,\u0000\n");

    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> FanfareConfig.load(null, environment));

    assertThat(e).as(key.path()).isNotNull();
    assertThat(e.problems())
        .anyMatch(
            problem ->
                problem.startsWith(key.path() + " = ")
                    && problem.contains(" (" + key.variable() + "): must be "));
    assertThat(e.problems()).allMatch(problem -> problem.lines().count() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "FANFARE_DELIVERY_MAX_WAIT, 2 h, delivery.max_wait=2h",
    "FANFARE_DELIVERY_MAX_WAIT, 90 minutes, delivery.max_wait=90m",
    "FANFARE_HTTP_BODY_BYTES_MAX, 4MiB, http.body_bytes_max=4MiB",
    "FANFARE_HTTP_BODY_BYTES_MAX, 5000000, http.body_bytes_max=5000000B",
    "FANFARE_DELIVERY_RETRY_JITTER, 0.25, delivery.retry_jitter=0.25",
    "FANFARE_DELIVERY_ALLOW_HTTP, false, delivery.allow_http=false",
    "FANFARE_LOG_LEVEL, DEBUG, log.level=debug",
    "FANFARE_DATABASE_EMBEDDED_DIR, some/folder, database.embedded_dir=some/folder",
  })
  void readsValuesAsPeopleWriteThem(String variable, String text, String effective) {
    assertThat(FanfareConfig.load(null, Map.of(variable, text)).config().effective())
        .contains(effective);
  }

  private static String text(ConfigKey key) {
    return key.list()
        ? String.join(",", DEFAULTS.getStringList(key.path()))
        : DEFAULTS.getString(key.path());
  }
}
