package io.fanfare.history;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.bus.LocalCodec;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.fanfare.stats.StatsReader;
import io.fanfare.stats.StatsVerticle;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One large past for all tests, none of which changes it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveryHistoryTest {
  private static final int DAYS = 5;
  private static final int COUNT = 20_000;
  // In the middle of an hour, so that the first and the last hour are not whole.
  private static final Instant FIRST = Instant.parse("2024-03-01T00:00:00Z");

  private final Random random = new Random(42);
  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private DeliveryHistory history;
  private DeliveryTotals totals;
  private int webhook;
  private List<DeliveryEntry> past;

  @BeforeAll
  void writeThePast() throws Exception {
    LocalCodec.register(vertx);
    database = TestDatabase.create(vertx).await(60, SECONDS);
    StatsReader stats = new StatsReader(vertx, database.read());
    history = new DeliveryHistory(database.read(), stats);
    totals = new DeliveryTotals(database.read(), stats);
    vertx
        .deployVerticle(
            new StatsVerticle(database.control(), Duration.ofHours(1)), StatsVerticle.options())
        .await(10, SECONDS);
    Past writer = new Past(database, 1);
    webhook = writer.webhook(UUID.randomUUID(), null);
    int other = writer.webhook(UUID.randomUUID(), null);
    past = new ArrayList<>(writer.deliveries(webhook, FIRST, DAYS, COUNT));
    writer.deliveries(other, FIRST, DAYS, COUNT / 4);
    past.sort(Comparator.comparing(DeliveryEntry::id, IdGenerator.ORDER.reversed()));
    database.control().query("analyze").execute().await(30, SECONDS);
  }

  @AfterAll
  void close() throws Exception {
    database.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  @Test
  void aPageHasTheNewestFirst() throws Exception {
    List<DeliveryEntry> page =
        history.page(webhook, DeliveryFilter.ALL, null, 50, 0).await(10, SECONDS);

    assertThat(page).isEqualTo(past.subList(0, 50));
  }

  @Test
  void everyFilterFindsTheSameByOffsetAndByCursorAsASearchThroughAll() throws Exception {
    for (int i = 0; i < 60; i++) {
      DeliveryFilter filter = randomFilter();
      List<DeliveryEntry> expected = expected(filter);
      int offset = expected.isEmpty() ? 0 : random.nextInt(expected.size());
      UUID before = offset == 0 ? null : expected.get(offset - 1).id();
      List<DeliveryEntry> rest = expected.subList(offset, Math.min(expected.size(), offset + 21));

      assertThat(history.page(webhook, filter, null, 21, offset).await(10, SECONDS))
          .as("%s from %d on", filter, offset)
          .isEqualTo(rest);
      assertThat(history.page(webhook, filter, before, 21, 0).await(10, SECONDS))
          .as("%s after %s", filter, before)
          .isEqualTo(rest);
    }
  }

  @Test
  void everyFilterCountsTheSameAsASearchThroughAll() throws Exception {
    for (int i = 0; i < 150; i++) {
      DeliveryFilter filter = randomFilter();

      assertThat(totals.count(webhook, filter).await(10, SECONDS))
          .as("%s", filter)
          .isEqualTo(expected(filter).size());
    }
  }

  @Test
  void whatRetentionDroppedIsNotCounted() throws Exception {
    Vertx another = Vertx.vertx();
    LocalCodec.register(another);
    Database small = TestDatabase.create(another).await(60, SECONDS);
    another
        .deployVerticle(
            new StatsVerticle(small.control(), Duration.ofHours(1)), StatsVerticle.options())
        .await(10, SECONDS);
    DeliveryTotals counted =
        new DeliveryTotals(small.read(), new StatsReader(another, small.read()));
    Past writer = new Past(small, 3);
    int number = writer.webhook(UUID.randomUUID(), null);
    List<DeliveryEntry> all = writer.deliveries(number, FIRST, 3, 300);
    assertThat(counted.count(number, DeliveryFilter.ALL).await(10, SECONDS)).isEqualTo(300);

    small
        .control()
        .query("alter table delivery detach partition delivery_20240302")
        .execute()
        .await(10, SECONDS);

    Instant dropped = Instant.parse("2024-03-02T00:00:00Z");
    long kept =
        all.stream()
            .filter(d -> !d.acceptedAt().truncatedTo(ChronoUnit.DAYS).equals(dropped))
            .count();
    assertThat(counted.count(number, DeliveryFilter.ALL).await(10, SECONDS)).isEqualTo(kept);
    small.close().await(10, SECONDS);
    another.close().await(10, SECONDS);
  }

  @Test
  void noStatementReadsAllDeliveries() throws Exception {
    String first = "'" + IdGenerator.ZERO + "'";
    String end = "'" + IdGenerator.floorOf(TimeRange.MILLIS_MAX) + "'";
    for (DeliveryStatus status : statuses()) {
      for (String type : new String[] {null, "file.created"}) {
        DeliveryFilter filter = new DeliveryFilter(status, type, null, null);
        String statement =
            DeliveryHistory.isRare(filter)
                ? DeliveryHistory.pageOfSpans(filter)
                : DeliveryHistory.pageStatement(filter);
        String bounds =
            DeliveryHistory.isRare(filter)
                ? "array[%s]::uuid[], array[%s]::uuid[]".formatted(first, end)
                : first + ", " + end;
        String plan = plan(statement, bounds, type);

        assertThat(plan).as("%s", filter).doesNotContain("Seq Scan on delivery");
        assertThat(plan).as("%s", filter).contains("Index Scan");
      }
    }
  }

  @Test
  void aRareTypeIsFoundWithoutReadingTheHoursWithoutIt() throws Exception {
    HourSpans spans =
        HourSpans.of(
            List.of(474_000L, 474_001L, 474_005L),
            IdGenerator.floorOf(474_000L * 3_600_000 + 5),
            IdGenerator.floorOf(474_005L * 3_600_000 + 7));

    assertThat(spans.from())
        .containsExactly(
            IdGenerator.floorOf(474_000L * 3_600_000 + 5),
            IdGenerator.floorOf(474_005L * 3_600_000));
    assertThat(spans.to())
        .containsExactly(
            IdGenerator.floorOf(474_002L * 3_600_000),
            IdGenerator.floorOf(474_005L * 3_600_000 + 7));
  }

  @Test
  void aRangeOfTimeReadsItsPartitionsOnly() throws Exception {
    UUID from = IdGenerator.floorOf(Instant.parse("2024-03-02T10:00:00Z").toEpochMilli());
    UUID to = IdGenerator.floorOf(Instant.parse("2024-03-02T11:00:00Z").toEpochMilli());

    String plan =
        explain(
            DeliveryHistory.pageStatement(DeliveryFilter.ALL)
                .replace("$1", "'" + webhook + "'")
                .replace("$2", "'" + from + "'")
                .replace("$3", "'" + to + "'")
                .replace("$4", "'20'")
                .replace("$5", "'0'"));

    assertThat(plan).contains("delivery_20240302").doesNotContain("delivery_20240303");
  }

  /** With a generic plan, as the pools use it. */
  private String plan(String statement, String bounds, @Nullable String type) throws Exception {
    String arguments =
        "'%d', %s, '20', '0'%s".formatted(webhook, bounds, type == null ? "" : ", '" + type + "'");
    return database
        .read()
        .withConnection(
            connection ->
                connection
                    .query("prepare p as " + statement)
                    .execute()
                    .compose(
                        p -> connection.query("set plan_cache_mode = force_generic_plan").execute())
                    .compose(
                        p -> connection.query("explain execute p(" + arguments + ")").execute())
                    .map(rows -> text(rows))
                    .eventually(() -> connection.query("deallocate p").execute()))
        .await(10, SECONDS);
  }

  private String explain(String statement) throws Exception {
    return database
        .read()
        .query("explain " + statement)
        .execute()
        .map(DeliveryHistoryTest::text)
        .await(10, SECONDS);
  }

  private static String text(io.vertx.sqlclient.RowSet<io.vertx.sqlclient.Row> rows) {
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(row.getString(0)));
    return String.join("\n", lines);
  }

  private static List<@Nullable DeliveryStatus> statuses() {
    List<@Nullable DeliveryStatus> all = new ArrayList<>(List.of(DeliveryStatus.values()));
    all.add(null);
    return Collections.unmodifiableList(all);
  }

  private DeliveryFilter randomFilter() {
    DeliveryStatus status = statuses().get(random.nextInt(4));
    String type = random.nextBoolean() ? null : Past.TYPES.get(random.nextInt(3));
    Instant from = random.nextBoolean() ? null : randomMoment();
    Instant until = random.nextBoolean() ? null : randomMoment();
    return new DeliveryFilter(status, type, from, until);
  }

  private Instant randomMoment() {
    Instant moment = FIRST.plusMillis((long) (random.nextDouble() * DAYS * 86_400_000));
    return switch (random.nextInt(4)) {
      case 0 -> moment.truncatedTo(ChronoUnit.HOURS);
      case 1 -> past.get(random.nextInt(past.size())).acceptedAt();
      default -> moment;
    };
  }

  private List<DeliveryEntry> expected(DeliveryFilter filter) {
    return past.stream()
        .filter(d -> filter.status() == null || d.status() == filter.status())
        .filter(d -> filter.eventType() == null || d.eventType().equals(filter.eventType()))
        .filter(d -> filter.from() == null || !d.acceptedAt().isBefore(filter.from()))
        .filter(d -> filter.until() == null || d.acceptedAt().isBefore(filter.until()))
        .toList();
  }
}
