package io.fanfare.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fanfare.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {
  private static final int MAX = 1 << 20;

  static Stream<String> payloads() {
    return Stream.of(
        "{}",
        "{ \t\r\n }",
        "{\"n\":12345678901234567890.10}",
        "{\"n\":1e400}",
        "{\"n\":-0}",
        "{\"n\":1E2}",
        "{\"n\":0.10000000000000000055}",
        "{\"n\":" + "9".repeat(1000) + "}",
        "{\"s\":\"\\u0000\"}",
        "{\"s\":\"\\ud800\"}",
        "{\"s\":\"😀 构建✅\"}",
        "{\"b\":1,\"a\":2}",
        "{\"s\":\"a\\/b\",\"t\":\"a/b\"}",
        "{\"\":1}",
        "{\"\\ud800\":1,\"\\udfff\" : {\"\\ud83d\\ude00\":2}}",
        "{\"n\":[1e99999999999,-1E-99999999999]}",
        "{\"a\":" + "[".repeat(61) + "]".repeat(61) + "}",
        "{\"a\" :\n[ 1 , 2,\t{\"b\" : null } ] }");
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void keepsDataByteForByte(String data) throws Exception {
    EventParser parser = new EventParser(MAX);
    List<NewEvent> events =
        parser.single(utf8("{\"event\":\"build.completed\", \"data\":" + data + " }"));
    assertThat(parser.faults()).isEmpty();
    assertThat(events.get(0).data().getBytes()).isEqualTo(utf8(data));
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void keepsDataOfABatchByteForByte(String data) throws Exception {
    if (data.contains("[[[[")) {
      return; // one level more than a single event, and thus too deep
    }
    String event = "{\"data\":" + data + ",\"event\":\"build.failed\"}";
    List<NewEvent> events =
        new EventParser(MAX).batch(utf8("{\"events\":[" + event + ", " + event + "]}"));
    assertThat(events).hasSize(2);
    assertThat(events.get(1).data().getBytes()).isEqualTo(utf8(data));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{\"event\":\"build.failed\",\"data\":{}} x",
        "{\"event\":\"build.failed\",\"data\":{\"a\":NaN}}",
        "{\"event\":\"build.failed\",\"data\":{\"a\":1,\"a\":2}}",
        "{\"event\":\"build.failed\",\"event\":\"build.failed\",\"data\":{}}",
        "{\"event\":\"build.failed\",\"data\":{/*c*/}}",
        "{\"event\":\"build.failed\",\"data\":{}} // c",
        "{'event':'build.failed','data':{}}",
        "{\"event\":\"build.failed\",\"data\":{\"a\":01}}",
        "{\"event\":\"build.failed\",\"data\":{\"a\":\"\t\"}}",
        "{\"event\":\"build.failed\",\"data\":{},}",
        "\uFEFF{\"event\":\"build.failed\",\"data\":{}}",
      })
  void refusesWhatIsNoStrictJson(String body) {
    assertThatThrownBy(() -> new EventParser(MAX).single(utf8(body)))
        .isInstanceOf(InvalidJsonException.class);
  }

  @Test
  void refusesTooDeepTooLongAndMalformedText() {
    String deep =
        "{\"event\":\"build.failed\",\"data\":{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}}";
    String number = "{\"event\":\"build.failed\",\"data\":{\"a\":" + "9".repeat(1001) + "}}";
    assertThatThrownBy(() -> new EventParser(MAX).single(utf8(deep)))
        .isInstanceOf(InvalidJsonException.class);
    assertThatThrownBy(() -> new EventParser(MAX).single(utf8(number)))
        .isInstanceOf(InvalidJsonException.class);
    byte[] overlong = utf8("{\"event\":\"build.failed\",\"data\":{\"a\":\"??\"}}");
    int at = new String(overlong, StandardCharsets.ISO_8859_1).indexOf("??");
    overlong[at] = (byte) 0xc0;
    overlong[at + 1] = (byte) 0xaf;
    assertThatThrownBy(() -> new EventParser(MAX).single(overlong))
        .isInstanceOf(InvalidJsonException.class);
    assertThatThrownBy(
            () ->
                new EventParser(MAX).single("{\"event\":\"x\"}".getBytes(StandardCharsets.UTF_16)))
        .isInstanceOf(InvalidJsonException.class);
  }

  @Test
  void tellsEveryFaultyFieldAtOnce() throws Exception {
    EventParser parser = new EventParser(MAX);
    parser.batch(
        utf8(
            "{\"events\":[{\"event\":\"no.such\",\"data\":[],\"timestamp\":\"yesterday\",\"project_id\":7,\"x\":1},{}],"
                + "\"y\":2}"));
    assertThat(parser.faults())
        .extracting(EventParser.Fault::field)
        .containsExactlyInAnyOrder(
            "events[0].event",
            "events[0].data",
            "events[0].timestamp",
            "events[0].project_id",
            "events[0].x",
            "events[1].event",
            "events[1].data",
            "y");
  }

  @Test
  void listsTheKnownTypesToWhoNamesAnother() throws Exception {
    EventParser parser = new EventParser(MAX);
    parser.single(utf8("{\"event\":\"no.such\",\"data\":{}}"));
    assertThat(parser.faults().get(0).message()).contains("build.completed", "security.alert");
  }

  @Test
  void takesTheProjectOfTheDataWhereNoneIsGiven() throws Exception {
    assertThat(single("{\"event\":\"build.failed\",\"data\":{\"project_id\":\"p\"}}").projectId())
        .isEqualTo("p");
    assertThat(
            single(
                    "{\"event\":\"build.failed\",\"project_id\":\"q\",\"data\":{\"project_id\":\"p\"}}")
                .projectId())
        .isEqualTo("q");
    assertThat(single("{\"event\":\"build.failed\",\"data\":{\"project_id\":7}}").projectId())
        .isNull();
    assertThat(
            single("{\"event\":\"build.failed\",\"data\":{\"a\":{\"project_id\":\"p\"}}}")
                .projectId())
        .isNull();
  }

  @Test
  void countsTheCharactersOfAProjectNotTheirHalves() throws Exception {
    String longest = "😀".repeat(255);
    String body = "{\"event\":\"build.failed\",\"data\":{},\"project_id\":\"%s\"}";
    assertThat(single(body.formatted(longest)).projectId()).isEqualTo(longest);
    EventParser parser = new EventParser(MAX);
    parser.single(utf8(body.formatted(longest + "p")));
    assertThat(parser.faults()).extracting(EventParser.Fault::field).containsExactly("project_id");
  }

  @Test
  void sendsTimestampsOnInUtcWithMillisecondsAtMost() throws Exception {
    assertThat(timestamp("2024-01-01T12:00:00Z")).isEqualTo("2024-01-01T12:00:00Z");
    assertThat(timestamp("2024-01-01T14:00:00+02:00")).isEqualTo("2024-01-01T12:00:00Z");
    assertThat(timestamp("2024-01-01T12:00:00.123456Z")).isEqualTo("2024-01-01T12:00:00.123Z");
    assertThat(timestamp("2024-01-01T14:00:00+0200")).isEqualTo("2024-01-01T12:00:00Z");
    assertThat(timestamp("2024-01-01T06:30:00-05:30")).isEqualTo("2024-01-01T12:00:00Z");
    assertThat(timestamp("2024-01-01T14:00:00+02")).isEqualTo("2024-01-01T12:00:00Z");
  }

  @Test
  void refusesDataOverTheLimit() throws Exception {
    EventParser parser = new EventParser(10);
    parser.single(utf8("{\"event\":\"build.failed\",\"data\":{\"a\":\"0123456789\"}}"));
    assertThat(parser.tooLarge()).isTrue();
  }

  @Test
  void refusesBatchesOfNoneAndOfTooMany() throws Exception {
    EventParser none = new EventParser(MAX);
    none.batch(utf8("{\"events\":[]}"));
    assertThat(none.faults()).hasSize(1);
    EventParser many = new EventParser(MAX);
    String event = "{\"event\":\"build.failed\",\"data\":{}},";
    many.batch(
        utf8("{\"events\":[" + event.repeat(1000) + "{\"event\":\"build.failed\",\"data\":{}}]}"));
    assertThat(many.faults()).hasSize(1);
  }

  private static String timestamp(String given) throws Exception {
    return single("{\"event\":\"build.failed\",\"data\":{},\"timestamp\":\"" + given + "\"}")
        .timestamp();
  }

  private static NewEvent single(String body) throws Exception {
    EventParser parser = new EventParser(MAX);
    List<NewEvent> events = parser.single(utf8(body));
    assertThat(parser.faults()).isEmpty();
    return events.get(0);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
