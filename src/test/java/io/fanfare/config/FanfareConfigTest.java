package io.fanfare.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fanfare.config.FanfareConfig.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FanfareConfigTest {
  private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  @TempDir private Path folder;

  @Test
  void hasTheseDefaults() {
    FanfareConfig config = load(Map.of()).config();

    assertThat(config.http().host()).isEqualTo("127.0.0.1");
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.http().bodyBytesMax()).isEqualTo(8 << 20);
    assertThat(config.database().url()).isEmpty();
    assertThat(config.database().embeddedDir()).isEqualTo(Path.of("data/postgres"));
    assertThat(config.auth().adminToken()).isEmpty();
    assertThat(config.secrets().keys()).isEmpty();
    assertThat(config.ingest().batchEventsMax()).isEqualTo(512);
    assertThat(config.ingest().linger()).isEqualTo(Duration.ofMillis(10));
    assertThat(config.delivery())
        .isEqualTo(
            new DeliveryConfig(
                List.of(),
                true,
                "X-Trae-",
                "Trae-Webhooks/1.0",
                256,
                32,
                2048,
                64 << 20,
                16_384,
                0.1,
                Duration.ofDays(3),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(4),
                16 << 10,
                Duration.ofSeconds(25),
                Duration.ofSeconds(5),
                new CircuitConfig(
                    10,
                    70,
                    20,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10))));
    assertThat(config.outcome())
        .isEqualTo(new OutcomeConfig(512, 4_096, Duration.ofMillis(10), 48));
    assertThat(config.retention())
        .isEqualTo(new RetentionConfig(Duration.ofDays(30), 3, Duration.ofHours(1)));
    assertThat(config.tracing())
        .isEqualTo(new TracingConfig("", List.of(), 1.0, 8_192, 512, Duration.ofSeconds(10)));
    assertThat(config.tracing().isOn()).isFalse();
    assertThat(config.log())
        .isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT, false));
  }

  @Test
  void documentsEveryKeyWithOneComment() throws IOException {
    String previous = "";
    Set<String> commented = new LinkedHashSet<>();
    for (String line : Files.readAllLines(Path.of("conf/fanfare.conf"))) {
      String text = line.strip();
      if (text.contains(" = ") && !text.startsWith("#")) {
        assertThat(previous).as("the line above %s", text).startsWith("# ");
        commented.add(text);
      }
      previous = text;
    }
    assertThat(commented.size()).isGreaterThanOrEqualTo(40);
    assertThat(
            com.typesafe.config.ConfigFactory.parseFile(Path.of("conf/fanfare.conf").toFile())
                .entrySet()
                .stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()))
        .isEqualTo(ConfigKey.of(FanfareConfig.class).keySet());
  }

  @Test
  void givesEveryKeyAVariableOfItsOwn() {
    var keys = ConfigKey.of(FanfareConfig.class).values();

    assertThat(keys.stream().map(ConfigKey::variable)).doesNotHaveDuplicates();
  }

  @Test
  void letsTheEnvironmentWinOverTheFileAndTheFileOverTheDefaults() throws IOException {
    Path file = write("http { port = 1, host = \"0.0.0.0\" }");

    HttpConfig http = FanfareConfig.load(file, Map.of("FANFARE_HTTP_PORT", "2")).config().http();

    assertThat(http.port()).isEqualTo(2);
    assertThat(http.host()).isEqualTo("0.0.0.0");
    assertThat(http.connectionsMax()).isEqualTo(2048);
  }

  @Test
  void splitsListsOfTheEnvironmentAtCommas() {
    Loaded loaded = load(Map.of("FANFARE_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8, ::1/128"));

    assertThat(loaded.config().delivery().allowedNetworks())
        .containsExactly("127.0.0.0/8", "::1/128");
  }

  @Test
  void tellsAllProblemsAtOnceWithFileLineAndVariable() throws IOException {
    Path file =
        write(
            """
            http.port = 70000
            http.prot = 80
            delivery {
              timeout = 30s
              max_wait = 30
              concurrency = many
            }
            ingest = 5
            """);

    List<String> problems = problems(file, Map.of("FANFARE_LOG_FORMAT", "xml"));

    assertThat(problems)
        .containsExactlyInAnyOrder(
            "http.port = 70000 (" + file + ", line 1): must be from 0 to 65535",
            "http.prot (" + file + ", line 2): unknown key; did you mean http.port?",
            "delivery.timeout ("
                + file
                + ", line 4): unknown key; did you mean delivery.dns_timeout?",
            "delivery.max_wait = 30 ("
                + file
                + ", line 5): must be a duration with a unit, like 30s",
            "delivery.concurrency = \"many\" (" + file + ", line 6): must be a whole number",
            "ingest (" + file + ", line 8): must be a section { … }",
            "log.format = \"xml\" (FANFARE_LOG_FORMAT): must be one of text, json");
  }

  @ParameterizedTest
  @CsvSource({
    "FANFARE_HTTP_CORS_ORIGINS,https://a.example/path",
    "FANFARE_HTTP_BODY_BYTES_MAX,eight",
    "FANFARE_HTTP_PORT,8080.5",
    "FANFARE_HTTP_PORT,''",
    "FANFARE_HTTP_IDLE_TIMEOUT,5s",
    "FANFARE_DATABASE_URL,mysql://a@b/c",
    "FANFARE_DELIVERY_ALLOWED_NETWORKS,127.0.0.0",
    "FANFARE_DELIVERY_ALLOWED_NETWORKS,127.0.0.0/33",
    "FANFARE_DELIVERY_ALLOW_HTTP,perhaps",
    "FANFARE_DELIVERY_RETRY_JITTER,NaN",
    "FANFARE_DELIVERY_HEADER_PREFIX,X Trae",
    "FANFARE_DELIVERY_CONCURRENCY,300",
    "FANFARE_DELIVERY_CIRCUIT_OPEN_MAX,1s",
    "FANFARE_RETENTION_KEEP,36h",
    "FANFARE_INGEST_UNCOMMITTED_BYTES_MAX,1MiB",
    "FANFARE_TRACING_ENDPOINT,127.0.0.1:4318",
    "FANFARE_TRACING_ENDPOINT,grpc://127.0.0.1:4317",
    "FANFARE_TRACING_ENDPOINT,http://user:word@127.0.0.1:4318",
    "FANFARE_TRACING_ENDPOINT,http://127.0.0.1:4318/?key=word",
    "FANFARE_TRACING_HEADERS,no colon",
    "FANFARE_TRACING_SAMPLE_RATIO,1.5",
    "FANFARE_TRACING_BATCH_MAX,9000",
    "FANFARE_LOG_ATTEMPTS,perhaps",
  })
  void refusesAValueOutOfBounds(String variable, String value) {
    assertThat(problems(null, Map.of(variable, value)))
        .singleElement()
        .asString()
        .contains("(" + variable + "): must be ");
  }

  @Test
  void neverShowsASecret() throws IOException {
    Path file = write("secrets.keys = [\"secret-1\"]\nauth.admin_tokn = secret-2");
    List<String> problems = problems(file, Map.of("FANFARE_AUTH_ADMIN_TOKEN", "secret-3"));
    FanfareConfig config =
        load(Map.of(
                "FANFARE_DATABASE_URL", "postgresql://u:secret-4@h:1/d",
                "FANFARE_SECRETS_KEYS", KEY,
                "FANFARE_HTTP_METRICS_TOKEN", "secret-5"))
            .config();

    assertThat(problems).hasSize(3).noneMatch(problem -> problem.contains("secret-"));
    assertThat(config.effective())
        .contains("database.url=<hidden>", "secrets.keys=<hidden>", "auth.admin_token=<empty>")
        .doesNotContain("secret-", KEY);
    assertThat(config.database().toString() + config.secrets() + config.http() + config)
        .doesNotContain("secret-", KEY);
  }

  @Test
  void sendsSpansWhereCollectorsListenUnlessAPathSaysOtherwise() {
    Map<String, String> headers = Map.of("FANFARE_TRACING_HEADERS", "api-key: secret-1, X-Org:2");
    assertThat(tracing("http://127.0.0.1:4318", Map.of()).url())
        .isEqualTo("http://127.0.0.1:4318/v1/traces");
    assertThat(tracing("https://traces.example/", Map.of()).url())
        .isEqualTo("https://traces.example/v1/traces");
    assertThat(tracing("https://traces.example/otlp/v1/traces", Map.of()).url())
        .isEqualTo("https://traces.example/otlp/v1/traces");
    assertThat(tracing("http://127.0.0.1:4318", headers).headersByName())
        .isEqualTo(Map.of("api-key", "secret-1", "X-Org", "2"));
    assertThat(tracing("http://127.0.0.1:4318", headers).toString()).doesNotContain("secret-1");
  }

  private static TracingConfig tracing(String endpoint, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("FANFARE_TRACING_ENDPOINT", endpoint);
    TracingConfig config = load(environment).config().tracing();
    assertThat(config.isOn()).isTrue();
    return config;
  }

  @Test
  void showsTheEffectiveConfigurationInOneLineThatCanBeLoadedAgain() {
    assertThat(load(Map.of()).config().effective())
        .contains("http.host=\"127.0.0.1\" http.port=8080 ")
        .contains("http.body_bytes_max=8MiB")
        .contains("delivery.max_wait=72h")
        .contains("delivery.circuit.open=30s")
        .contains("log.format=text")
        .doesNotContain("\n");
  }

  @Test
  void warnsOfAnUnknownVariableAndNamesTheNearest() {
    assertThat(load(Map.of("FANFARE_HTTP_PROT", "1", "HOME", "/")).warnings())
        .containsExactly(
            "FANFARE_HTTP_PROT is not known and has no effect; did you mean FANFARE_HTTP_PORT?");
  }

  @Test
  void wantsSecretKeysWithAnExternalDatabase() {
    Map<String, String> external = Map.of("FANFARE_DATABASE_URL", "postgresql://u:p@h:1/d");

    assertThat(problems(null, external))
        .containsExactly(
            "secrets.keys = <hidden> (the default): must be set when database.url is"
                + " (make one with: openssl rand -base64 32)");
  }

  @Test
  void saysWhichFileCannotBeReadAndWhere() throws IOException {
    Path missing = folder.resolve("missing.conf");
    Path broken = write("http {\n  port = ]\n}");

    assertThat(problems(missing, Map.of())).singleElement().asString().contains("no such file");
    assertThat(problems(broken, Map.of())).singleElement().asString().contains("own.conf: 2:");
  }

  @Test
  void endsTheProgramWithTheExitCodeOfAWrongConfiguration() {
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> load(Map.of("FANFARE_HTTP_PORT", "x")));

    assertThat(e.exitCode()).isEqualTo(78);
  }

  private static Loaded load(Map<String, String> environment) {
    return FanfareConfig.load(null, environment);
  }

  private static List<String> problems(Path file, Map<String, String> environment) {
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> FanfareConfig.load(file, environment));
    assertThat(e).isNotNull();
    return e.problems();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("own.conf"), text);
  }
}
