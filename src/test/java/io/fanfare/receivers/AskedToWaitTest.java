package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.database.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * {@code Retry-After} in every spelling, from outside: how long a delivery waits by what is written
 * down of it.
 */
class AskedToWaitTest {
  private static final long POLICY_MILLIS = 60_000;
  private static final long DAY_MILLIS = 86_400_000;
  // A date has whole seconds, and is read a moment after it is written.
  private static final long DATE_MILLIS = 2_000;
  private static final String WAITING =
      """
      select w.url, d.attempts, (extract(epoch from d.due_at - d.ended_at) * 1000)::int8 as millis
      from delivery d
      join webhook w on w.number = d.webhook
      where d.due_at is not null and d.attempts = 1
      """;

  /** What a receiver says, and how long is waited then, give or take. */
  private record Spelling(String headers, long millis, long tolerance) {
    private static Spelling exactly(String value, long millis) {
      return new Spelling("retry-after: " + value + "\r\n", millis, 0);
    }

    private static Spelling asIfAbsent(String value) {
      return exactly(value, POLICY_MILLIS);
    }

    private static Spelling date(String pattern, long seconds, long millis) {
      String date =
          DateTimeFormatter.ofPattern(pattern, java.util.Locale.ENGLISH)
              .withZone(ZoneOffset.UTC)
              .format(Instant.now().plusSeconds(seconds));
      return new Spelling("retry-after: " + date + "\r\n", millis, DATE_MILLIS);
    }
  }

  private static Map<String, Spelling> spellings() {
    String imf = "EEE, dd MMM yyyy HH:mm:ss 'GMT'";
    Map<String, Spelling> all = new LinkedHashMap<>();
    all.put("absent", new Spelling("", POLICY_MILLIS, 0));
    all.put("seconds", Spelling.exactly("3600", 3_600_000));
    all.put("shorter-than-the-policy", Spelling.exactly("1", POLICY_MILLIS));
    all.put("zero", Spelling.exactly("0", POLICY_MILLIS));
    all.put("spaces", Spelling.exactly("  3600\t", 3_600_000));
    all.put("a-day", Spelling.exactly("86400", DAY_MILLIS));
    all.put("more-than-a-day", Spelling.exactly("86401", DAY_MILLIS));
    all.put("huge", Spelling.exactly("9".repeat(400), DAY_MILLIS));
    all.put("date", Spelling.date(imf, 600, 600_000));
    all.put("obsolete-date", Spelling.date("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", 600, 600_000));
    all.put("asctime", Spelling.date("EEE MMM ppd HH:mm:ss yyyy", 600, 600_000));
    all.put("far-date", Spelling.exactly("Fri, 31 Dec 9999 23:59:59 GMT", DAY_MILLIS));
    all.put("past-date", Spelling.date(imf, -600, POLICY_MILLIS));
    all.put("no-date", Spelling.asIfAbsent("Thu, 30 Feb 2040 12:00:30 GMT"));
    all.put("iso-date", Spelling.asIfAbsent("2040-01-01T00:00:00Z"));
    all.put("empty", Spelling.asIfAbsent(""));
    all.put("garbage", Spelling.asIfAbsent("soon"));
    all.put("negative", Spelling.asIfAbsent("-3600"));
    all.put("signed", Spelling.asIfAbsent("+3600"));
    all.put("float", Spelling.asIfAbsent("3600.5"));
    all.put("exponent", Spelling.asIfAbsent("1e4"));
    all.put("unit", Spelling.asIfAbsent("3600 s"));
    all.put("list", Spelling.asIfAbsent("3600, 7200"));
    all.put("two-headers", Spelling.exactly("3600\r\nretry-after: 7200", 3_600_000));
    return all;
  }

  @Test
  void movesTheNextAttemptAsTheContractSays() throws Exception {
    String database = TestDatabase.url();
    try (TestFanfare fanfare =
            TestFanfare.start(database, Map.of("FANFARE_DELIVERY_RETRY_JITTER", "0"));
        HostileReceiver receiver = HostileReceiver.start()) {
      Map<String, Spelling> spellings = new HashMap<>();
      for (int status : new int[] {429, 503}) {
        for (Map.Entry<String, Spelling> spelling : spellings().entrySet()) {
          String path = "/" + status + "/" + spelling.getKey();
          receiver.answer(
              path,
              "HTTP/1.1 %d Wait\r\n%scontent-length: 0\r\n\r\n"
                  .formatted(status, spelling.getValue().headers()));
          spellings.put(receiver.url(path), spelling.getValue());
          fanfare.webhook(
              receiver.url(path),
              new JsonObject()
                  .put(
                      "retry_policy",
                      new JsonObject()
                          .put("max_attempts", 2)
                          .put("backoff_strategy", "fixed")
                          .put("initial_delay", POLICY_MILLIS)
                          .put("retry_on_status", new JsonArray().add(429).add(503))));
        }
      }
      fanfare.publish("build.started", new JsonObject());

      PgConnection connection = await(PgConnection.connect(fanfare.vertx(), database));
      Map<String, Long> waits = new HashMap<>();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (Row row : await(connection.query(WAITING).execute())) {
                  waits.put(row.getString("url"), row.getLong("millis"));
                }
                return waits.size() == spellings.size();
              });
      await(connection.close());

      long worst = 0;
      for (Map.Entry<String, Spelling> spelling : spellings.entrySet()) {
        long error = Math.abs(waits.get(spelling.getKey()) - spelling.getValue().millis());
        assertThat(error)
            .as(spelling.getKey())
            .isLessThanOrEqualTo(spelling.getValue().tolerance());
        worst = Math.max(worst, error);
      }
      System.out.printf(
          "retry_after.spellings = %d, retry_after.error_max_ms = %d%n", waits.size(), worst);
    }
  }
}
