package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.FanfareMetrics;
import io.fanfare.client.FanfareClient;
import io.fanfare.config.FanfareConfig;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The dashboard for Grafana and the alerts for Prometheus use only what {@code /metrics} of the
 * program really has, and can be read.
 */
class MonitoringFilesTest {
  private static final Path CONF = Path.of("conf");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:fanfare|jvm|process|system|vertx)_[a-z0-9_]+\\b");
  private static final Pattern RANGE = Pattern.compile("\\[(\\d+[smhd]|\\$__rate_interval)]");
  private static final Set<String> FUNCTIONS =
      Set.of("sum", "max", "min", "rate", "increase", "deriv", "histogram_quantile", "by", "and");

  private static final Vertx VERTX = Vertx.vertx();
  private static Set<String> samples;

  @BeforeAll
  static void scrape() throws Exception {
    Service service =
        Service.start(
            FanfareConfig.load(
                    null,
                    Map.of(
                        "FANFARE_HTTP_PORT", "0",
                        "FANFARE_DATABASE_URL", TestDatabase.url(),
                        "FANFARE_AUTH_ADMIN_TOKEN", "test-admin-token-0123456789",
                        "FANFARE_SECRETS_KEYS", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
                .config());
    try {
      FanfareClient client =
          new FanfareClient(
              VERTX, "127.0.0.1", service.fanfare().port(), "test-admin-token-0123456789");
      String text =
          client
              .raw(HttpMethod.GET, "/metrics", Buffer.buffer())
              .await(20, TimeUnit.SECONDS)
              .bodyAsString();
      samples =
          text.lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("[{ ]", 2)[0])
              .collect(Collectors.toCollection(TreeSet::new));
    } finally {
      service.close();
    }
  }

  @AfterAll
  static void close() throws Exception {
    VERTX.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void everyNameOfTheCatalogueIsThere() throws Exception {
    List<String> missing = new ArrayList<>();
    for (var field : FanfareMetrics.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
        String name = ((String) field.get(null)).replace('.', '_');
        if (samples.stream().noneMatch(sample -> isOf(name, sample))) {
          missing.add(name);
        }
      }
    }
    assertThat(missing).as("of %s", samples).isEmpty();
    assertThat(samples).contains("fanfare_attempt_response_seconds_bucket");
  }

  private static boolean isOf(String name, String sample) {
    return sample.equals(name)
        || sample.matches(Pattern.quote(name) + "(_total|(_seconds)?_(count|sum|max|bucket))");
  }

  @Test
  void everyMetricOfTheCatalogueIsInOneOfTheFiles() throws Exception {
    String both =
        Files.readString(CONF.resolve("grafana-dashboard.json"))
            + Files.readString(CONF.resolve("prometheus-alerts.yml"));
    for (var field : FanfareMetrics.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
        String name = ((String) field.get(null)).replace('.', '_');
        if (!name.equals("fanfare_pool_connections_max")) {
          assertThat(both).contains(name);
        }
      }
    }
  }

  @Test
  void theDashboardShowsOnlyWhatIsThere() throws Exception {
    JsonObject dashboard = new JsonObject(Files.readString(CONF.resolve("grafana-dashboard.json")));
    JsonArray panels = dashboard.getJsonArray("panels");
    assertThat(panels).hasSizeGreaterThan(10);
    Set<Integer> ids = new TreeSet<>();
    for (Object entry : panels) {
      JsonObject panel = (JsonObject) entry;
      assertThat(ids.add(panel.getInteger("id"))).isTrue();
      JsonArray targets = panel.getJsonArray("targets");
      assertThat(targets).as(panel.getString("title")).isNotEmpty();
      targets.forEach(
          target -> assertSound(panel.getString("title"), ((JsonObject) target).getString("expr")));
    }
  }

  @Test
  void theAlertsAskOnlyForWhatIsThere() throws Exception {
    Map<String, Object> file =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(CONF.resolve("prometheus-alerts.yml")));
    JsonObject rules = new JsonObject(new JsonObject(file).encode());
    Set<String> names = new TreeSet<>();
    for (Object group : rules.getJsonArray("groups")) {
      assertThat(((JsonObject) group).fieldNames()).containsExactlyInAnyOrder("name", "rules");
      for (Object entry : ((JsonObject) group).getJsonArray("rules")) {
        JsonObject rule = (JsonObject) entry;
        String name = rule.getString("alert");
        assertThat(names.add(name)).as(name).isTrue();
        assertThat(rule.fieldNames())
            .as(name)
            .isSubsetOf("alert", "expr", "for", "labels", "annotations");
        assertThat(rule.getString("for", "1m")).as(name).matches("\\d+[smhd]");
        assertThat(rule.getJsonObject("labels").getString("severity"))
            .as(name)
            .isIn("critical", "warning");
        assertThat(rule.getJsonObject("annotations").fieldNames())
            .as(name)
            .containsExactlyInAnyOrder("summary", "description");
        if (!name.equals("FanfareDown")) {
          assertSound(name, rule.getString("expr"));
        }
      }
    }
    assertThat(names).hasSizeGreaterThan(8);
  }

  /** An expression of names that exist, known functions, ranges, and brackets that match. */
  private static void assertSound(String where, String expression) {
    List<String> used =
        METRIC.matcher(expression).results().map(MatchResult::group).distinct().toList();
    assertThat(used).as("%s: %s", where, expression).isNotEmpty();
    assertThat(samples).as("%s: %s", where, expression).containsAll(used);
    String bare = expression.replaceAll("\"[^\"]*\"", "\"\"");
    Deque<Character> open = new ArrayDeque<>();
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if ("([{".indexOf(c) >= 0) {
        open.push(c);
      } else if (")]}".indexOf(c) >= 0) {
        assertThat(open).as("%s: %s", where, expression).isNotEmpty();
        assertThat("([{".indexOf(open.pop())).isEqualTo(")]}".indexOf(c));
      }
    }
    assertThat(open).as("%s: %s", where, expression).isEmpty();
    String withoutRanges = RANGE.matcher(bare).replaceAll("");
    assertThat(withoutRanges).as("%s: %s", where, expression).doesNotContain("[");
    Arrays.stream(withoutRanges.split("\\W+"))
        .filter(word -> !word.isEmpty() && !word.matches("\\d+") && !used.contains(word))
        .filter(
            word ->
                !Set.of("instance", "next", "met", "state", "pool", "loop", "le", "area")
                    .contains(word))
        .forEach(word -> assertThat(FUNCTIONS).as("%s: %s", where, expression).contains(word));
  }
}
