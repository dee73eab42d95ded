package io.fanfare.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.Answer;
import io.fanfare.ApiCalls;
import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Paging and filtering of every list that is ordered by time. */
class ListsJourneyTest {
  private static final int ENTRIES = 7;

  private static TestFanfare fanfare;
  private static ApiCalls api;
  private static String deliveries;
  private static Instant firstAccepted;
  private static Instant lastAccepted;

  @BeforeAll
  static void start() throws TimeoutException {
    fanfare = TestFanfare.start();
    api = fanfare.calls();
    // Nothing listens there, and every attempt has to wait long for the next one.
    JsonObject waiting =
        new JsonObject().put("retry_policy", new JsonObject().put("initial_delay", 60_000));
    deliveries =
        "/api/webhooks/"
            + fanfare.webhook("http://127.0.0.1:1024/", waiting).getString("webhook_id")
            + "/deliveries";
    JsonArray events = new JsonArray();
    for (int i = 0; i < ENTRIES; i++) {
      events.add(
          new JsonObject()
              .put("event", i % 2 == 0 ? "build.started" : "build.failed")
              .put("data", new JsonObject()));
    }
    JsonArray published =
        api.post("/api/events/batch", new JsonObject().put("events", events))
            .json()
            .getJsonArray("events");
    firstAccepted = acceptedAt(published.getJsonObject(0));
    lastAccepted = acceptedAt(published.getJsonObject(ENTRIES - 1));
  }

  private static Instant acceptedAt(JsonObject published) {
    String path = "/api/events/" + published.getString("event_id");
    return Instant.parse(api.get(path).json().getString("created_at"));
  }

  @AfterAll
  static void stop() {
    fanfare.close();
  }

  static Stream<String> lists() {
    return Stream.of(deliveries, "/api/events");
  }

  private static List<String> ids(String list, JsonObject answer) {
    boolean events = list.equals("/api/events");
    return answer.getJsonArray(events ? "events" : "deliveries").stream()
        .map(entry -> ((JsonObject) entry).getString(events ? "event_id" : "delivery_id"))
        .toList();
  }

  private static String encoded(Object text) {
    return URLEncoder.encode(text.toString(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("lists")
  void pagesByCursorAndByOffsetAreThoseOfTheWholeList(String list) {
    List<String> all = ids(list, api.get(list + "?limit=100").json());
    assertThat(all).hasSize(ENTRIES).isSortedAccordingTo((a, b) -> b.compareTo(a));
    List<String> byCursor = new ArrayList<>();
    List<String> byOffset = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page = api.get(list + "?limit=3&cursor=" + cursor).json();
      assertThat(page.getInteger("total")).isEqualTo(ENTRIES);
      byOffset.addAll(ids(list, api.get(list + "?limit=3&offset=" + byCursor.size()).json()));
      byCursor.addAll(ids(list, page));
      JsonObject pagination = page.getJsonObject("pagination");
      cursor = pagination.getString("next_cursor");
      assertThat(pagination.containsKey("next_cursor")).isTrue();
      assertThat(pagination.getBoolean("has_more")).isEqualTo(cursor != null);
    }
    assertThat(byCursor).isEqualTo(all);
    assertThat(byOffset).isEqualTo(all);
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aCursorGoesOnWithTheSameFilter(String list) {
    JsonObject first = api.get(list + "?limit=2&event_type=build.failed").json();
    String cursor = first.getJsonObject("pagination").getString("next_cursor");

    JsonObject second = api.get(list + "?limit=2&event_type=build.failed&cursor=" + cursor).json();

    assertThat(second.getInteger("total")).isEqualTo(3);
    assertThat(ids(list, second)).hasSize(1).doesNotContainAnyElementsOf(ids(list, first));
    assertThat(second.getJsonObject("pagination").getString("next_cursor")).isNull();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aCursorExcludesAnOffsetAndIsOfItsListOnly(String list) {
    String cursor =
        api.get(list + "?limit=2").json().getJsonObject("pagination").getString("next_cursor");

    assertThat(api.get(list + "?offset=0&cursor=" + cursor).faultyFields())
        .containsExactly("offset");
    assertThat(api.get(list + "?offset=&cursor=" + cursor).status()).isEqualTo(200);
    for (String wrong : List.of("x", "%00", cursor + "AAAA", cursor.substring(2))) {
      assertThat(api.get(list + "?cursor=" + wrong).faultyFields()).containsExactly("cursor");
    }
    for (String other : List.of(deliveries, "/api/events", "/api/webhooks", "/api/keys")) {
      if (!other.equals(list)) {
        assertThat(api.get(other + "?cursor=" + cursor).faultyFields()).containsExactly("cursor");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lists")
  void bothEndsOfARangeAreInclusive(String list) {
    // Nearly always the same second.
    Instant first = firstAccepted.truncatedTo(ChronoUnit.SECONDS);
    Instant last = lastAccepted.truncatedTo(ChronoUnit.SECONDS);
    LocalDate firstDay = LocalDate.ofInstant(first, ZoneOffset.UTC);
    LocalDate lastDay = LocalDate.ofInstant(last, ZoneOffset.UTC);
    ZoneOffset east = ZoneOffset.ofHours(14);
    assertTotal(list, first, last, ENTRIES);
    assertTotal(list, firstAccepted, lastAccepted.plusMillis(999), ENTRIES);
    assertTotal(list, firstDay, lastDay, ENTRIES);
    assertTotal(list, encoded(first.atOffset(east)), encoded(last.atOffset(east)), ENTRIES);
    assertTotal(list, "", "", ENTRIES);
    assertTotal(list, "1970-01-01", "9999-12-31", ENTRIES);
    assertTotal(list, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", ENTRIES);
    assertTotal(list, lastDay.plusDays(1), "", 0);
    assertTotal(list, "", firstDay.minusDays(1), 0);
    assertTotal(list, "", first.minusMillis(1), 0);
    assertTotal(list, last.plusSeconds(2), "", 0);
    assertTotal(list, "9999-12-31T23:59:59Z", "", 0);
  }

  /** The total is the filter's, however much of it is on the page. */
  private static void assertTotal(String list, Object start, Object end, int expected) {
    String range = "start_date=" + start + "&end_date=" + end;
    for (String page : List.of("limit=100", "limit=2", "limit=2&offset=1")) {
      Answer answer = api.get(list + "?" + page + "&" + range);
      assertThat(answer.status()).as(range + answer.text()).isEqualTo(200);
      assertThat(answer.json().getInteger("total")).as(page + range).isEqualTo(expected);
    }
    assertThat(ids(list, api.get(list + "?limit=100&" + range).json())).hasSize(expected);
  }

  @ParameterizedTest
  @MethodSource("lists")
  void everyFaultyParameterIsNamed(String list) {
    Answer answer =
        api.get(
            list
                + "?start_date=2024-02-30&end_date=yesterday&limit=101&offset=-1&event_type=x"
                + "&cursor=x&more=1");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultyFields())
        .contains("start_date", "end_date", "limit", "offset", "event_type", "cursor", "more");
    assertThat(api.get(list + "?start_date=2024-01-02&end_date=2024-01-01").faultyFields())
        .containsExactly("end_date");
    assertThat(api.get(list + "?limit=1&limit=2").faultyFields()).containsExactly("limit");
  }

  @ParameterizedTest
  @MethodSource("lists")
  void emptyValuesAreAsIfAbsent(String list) {
    String empty =
        "?limit=&offset=&cursor=&event_type=&start_date=&end_date="
            + (list.equals("/api/events") ? "&project_id=" : "&status=");

    assertThat(api.get(list + empty).json().getInteger("total")).isEqualTo(ENTRIES);
    assertThat(api.get(list + empty).json().getJsonObject("pagination").getInteger("limit"))
        .isEqualTo(20);
  }
}
