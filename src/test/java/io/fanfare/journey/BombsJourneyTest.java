package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are cheap to send and meant to be dear to read: answered at once, and no mistake. */
class BombsJourneyTest {
  // Far more than any takes, and far less than a quadratic reader would need.
  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final int COLLISION_PAIRS = 14;

  private static TestFanfare fanfare;
  private static ApiCalls api;

  @BeforeAll
  static void start() throws Exception {
    fanfare = TestFanfare.start();
    api = fanfare.calls();
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  /** A value of a member of {@code data}, and what may be answered to an event with it. */
  private record Bomb(String value, Set<Integer> statuses) {}

  private static final Map<String, Bomb> BOMBS =
      Map.ofEntries(
          Map.entry("deep arrays", refused("[".repeat(400_000))),
          Map.entry("deep and closed arrays", refused("[".repeat(400_000) + "]".repeat(400_000))),
          Map.entry("deep objects", refused("{\"a\":".repeat(150_000) + "1" + "}".repeat(150_000))),
          Map.entry("a number of a million digits", refused("9".repeat(1_000_000))),
          Map.entry("a fraction of a million digits", refused("0." + "1".repeat(1_000_000))),
          Map.entry("a huge exponent", taken("1e999999999")),
          Map.entry("an exponent of many digits", refused("1e" + "9".repeat(1_000_000))),
          Map.entry("many keys", either(keys(IntStream.range(0, 80_000).mapToObj(i -> "k" + i)))),
          Map.entry("keys of one hash", either(keys(collisions().stream()))),
          Map.entry("the same key often", refused("{" + "\"a\":1,".repeat(100_000) + "\"a\":1}")),
          Map.entry("a long key", either("{\"" + "k".repeat(900_000) + "\":1}")),
          Map.entry("a long text", taken("\"" + "t".repeat(900_000) + "\"")),
          Map.entry("a text of escapes", either("\"" + "\\u0000".repeat(150_000) + "\"")),
          Map.entry("an open text", refused("\"" + "\\\"".repeat(400_000))),
          Map.entry("many values", either("[" + "0,".repeat(400_000) + "0]")),
          Map.entry("white space", either(" ".repeat(900_000) + "1")),
          Map.entry("more than fits", either("\"" + "t".repeat(1_100_000) + "\"")));

  private static Bomb refused(String value) {
    return new Bomb(value, Set.of(400, 413));
  }

  private static Bomb taken(String value) {
    return new Bomb(value, Set.of(202));
  }

  private static Bomb either(String value) {
    return new Bomb(value, Set.of(202, 400, 413));
  }

  static Stream<String> bombs() {
    return BOMBS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void isAnsweredAtOnce(String name) {
    Bomb bomb = BOMBS.get(name);
    String event = "{\"event\":\"build.started\",\"data\":{\"a\":" + bomb.value() + "}}";
    assertAnswered("/api/events", event, bomb.statuses());
    assertAnswered(
        "/api/events/batch", "{\"events\":[" + event + "," + event + "]}", bomb.statuses());
    // As a field of a webhook it is too deep, too long or of the wrong type.
    assertAnswered(
        "/api/webhooks",
        "{\"url\":\"https://example.com/\",\"events\":[\"*\"],\"name\":" + bomb.value() + "}",
        Set.of(400, 413));
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "gzip, gzip"})
  void aBodyThatUnpacksIsRefused(String encoding) {
    byte[] body = zeros(8 << 20);
    Answer answer = api.post("/api/events", body, "Content-Encoding", encoding);
    assertThat(answer.status()).isEqualTo(415);
    assertThat(api.post("/api/events", body).status()).isEqualTo(400);
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000})
  void aBatchOfTooManyEventsIsRefused(int events) {
    String one = "{\"event\":\"build.started\",\"data\":{}}";
    String body =
        IntStream.range(0, events)
            .mapToObj(i -> one)
            .collect(Collectors.joining(",", "{\"events\":[", "]}"));
    assertAnswered("/api/events/batch", body, Set.of(400));
    assertServes();
  }

  private static void assertAnswered(String path, String body, Set<Integer> statuses) {
    long begin = System.nanoTime();
    Answer answer = api.post(path, body);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(answer.status()).as(path + ": " + answer.text()).isIn(statuses);
    assertThat(took).as(path).isLessThan(AT_ONCE);
    // What was sent does not come back whole.
    assertThat(answer.text().length()).isLessThan(10_000);
  }

  private static void assertServes() {
    assertThat(api.post("/api/events", "{\"event\":\"build.started\",\"data\":{}}").status())
        .isEqualTo(202);
  }

  private static String keys(Stream<String> names) {
    return names.map(name -> "\"" + name + "\":1").collect(Collectors.joining(",", "{", "}"));
  }

  /** Texts that Java gives one hash code: each pair of letters stands for the other. */
  private static List<String> collisions() {
    List<String> all = List.of("");
    for (int i = 0; i < COLLISION_PAIRS; i++) {
      List<String> longer = new ArrayList<>(all.size() * 2);
      for (String text : all) {
        longer.add(text + "Aa");
        longer.add(text + "BB");
      }
      all = longer;
    }
    return all;
  }

  private static byte[] zeros(int length) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(new byte[length]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
