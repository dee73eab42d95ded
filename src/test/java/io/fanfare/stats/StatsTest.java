package io.fanfare.stats;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fanfare.bus.LocalCodec;
import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class StatsTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long START = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
  private static final long DAYS = 40;
  private static final List<String> TYPES = List.of("build.failed", "file.created", "user.login");
  private static final int WEBHOOKS = 3;

  private final Random random = new Random(4711);
  private final StatsStore store = new StatsStore();
  private Database database;
  private StatsReader reader;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    LocalCodec.register(vertx);
    database = TestDatabase.create(vertx).await(60, SECONDS);
    reader = new StatsReader(vertx, database.read());
    // No fold but those that a test or a reader asks for.
    vertx
        .deployVerticle(
            new StatsVerticle(database.control(), Duration.ofHours(1)), StatsVerticle.options())
        .await(10, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void foldingInAnyBatchesEqualsARecount() throws Exception {
    List<StatDelta> all = new ArrayList<>();
    for (int round = 0; round < 12; round++) {
      for (int flush = 0; flush < 1 + random.nextInt(8); flush++) {
        all.addAll(writeFlush());
      }
      if (random.nextBoolean()) {
        fold(1 + random.nextInt(5)).await(10, SECONDS);
      }
      if (round % 3 == 0) {
        assertCounts(all);
      }
    }
    assertCounts(all);
  }

  @Test
  void aCrashWithinAFoldChangesNothing() throws Exception {
    List<StatDelta> all = new ArrayList<>(writeFlush());
    fold(100).await(10, SECONDS);
    all.addAll(writeFlush());

    Future<Void> crashed =
        database
            .control()
            .withTransaction(
                connection ->
                    store
                        .fold(connection, 100, Long.MAX_VALUE)
                        .compose(
                            folded -> Future.failedFuture(new IllegalStateException("crash"))));

    crashed.otherwiseEmpty().await(10, SECONDS);
    assertCounts(all);
  }

  @Test
  void aFoldTakesOneFlushMoreThanTheDeliveriesItIsTold() throws Exception {
    List<StatDelta> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.addAll(writeFlush());
    }
    StatsStore.Folded first =
        database
            .control()
            .withTransaction(connection -> store.fold(connection, 100, 1))
            .await(10, SECONDS);

    assertThat(first).isEqualTo(new StatsStore.Folded(1, true));
    fold(100).await(10, SECONDS);
    assertCounts(all);
  }

  @Test
  void aFoldTakesNoMoreFlushesThanItIsTold() throws Exception {
    for (int i = 0; i < 5; i++) {
      writeFlush();
    }

    assertThat(fold(3).await(10, SECONDS)).isEqualTo(3);
    assertThat(fold(3).await(10, SECONDS)).isEqualTo(2);
    assertThat(fold(3).await(10, SECONDS)).isZero();
  }

  @Test
  void foldsOfTwoProcessesDoNotCountTwice() throws Exception {
    List<StatDelta> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.addAll(writeFlush());
    }

    List<Future<Integer>> folds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      folds.add(fold(7));
    }
    Future.all(folds).await(20, SECONDS);

    assertCounts(all);
  }

  @Test
  void countersOfHoursThatAreNotKeptAreForgotten() throws Exception {
    long today = System.currentTimeMillis() / HOUR_MILLIS;
    long old = START / HOUR_MILLIS;
    for (long hour : new long[] {today, old}) {
      DeltaWriter.write(
              database.control(),
              List.of(
                  new StatDelta(1, "user.login", hour, StatDelta.ACCEPTED, 0, StatDelta.NO_ANSWER)))
          .await(10, SECONDS);
      DeltaWriter.writeEvents(
              database.control(),
              List.of(IdGenerator.floorOf(hour * HOUR_MILLIS)),
              List.of("user.login"),
              "proj_1")
          .await(10, SECONDS);
    }
    fold(10).await(10, SECONDS);

    store.forget(database.control(), 100).await(10, SECONDS);

    assertThat(hours("stat_accepted")).containsExactly(today);
    assertThat(hours("stat_event")).containsExactly(today, today);
    assertThat(reader.totals(1).await(10, SECONDS).pending()).isEqualTo(2);
  }

  private List<Long> hours(String table) throws Exception {
    List<Long> hours = new ArrayList<>();
    database
        .control()
        .query("select hour from " + table)
        .execute()
        .await(10, SECONDS)
        .forEach(row -> hours.add(row.getLong(0)));
    return hours;
  }

  @Test
  void everyReaderThatAsksAtOnceSeesAllThatWasCommitted() throws Exception {
    List<StatDelta> all = new ArrayList<>();
    List<Future<WebhookTotals>> answers = new ArrayList<>();
    List<Long> leasts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.addAll(writeFlush());
      leasts.add(countOf(all, delta -> delta.webhook() == 1 && accepted(delta)));
      answers.add(reader.totals(1));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).await(10, SECONDS).total()).isGreaterThanOrEqualTo(leasts.get(i));
    }
    assertCounts(all);
  }

  @Test
  void aWebhookWithoutDeliveriesHasNoTimesAndAFullRate() throws Exception {
    WebhookTotals totals = reader.totals(9).await(10, SECONDS);
    Statistics statistics =
        reader.statistics(9, StatsPeriod.DAY, new HourRange(0, 100)).await(10, SECONDS);

    assertThat(totals).isEqualTo(WebhookTotals.NONE);
    assertThat(totals.successRate()).isEqualTo(100);
    assertThat(totals.averageResponseTime()).isEmpty();
    assertThat(statistics.overall()).isEqualTo(EndedCounts.NONE);
    assertThat(statistics.times().percentile(50)).isEmpty();
    assertThat(statistics.days()).isEmpty();
  }

  @Test
  void flushesOfEventsThatMatchedNobodyAreWorkToo() throws Exception {
    List<String> types = List.of("user.login", "user.logout", "file.created", "file.deleted");
    for (int i = 0; i < 3; i++) {
      DeltaWriter.writeEvents(
              database.control(), types.stream().map(t -> IdGenerator.ZERO).toList(), types, "p")
          .await(10, SECONDS);
    }
    StatsStore.Folded first =
        database
            .control()
            .withTransaction(connection -> store.fold(connection, 100, 5))
            .await(10, SECONDS);
    assertThat(first.flushes()).isEqualTo(2);
    assertThat(first.more()).isTrue();
    assertThat(fold(100).await(10, SECONDS)).isEqualTo(1);
  }

  private Future<Integer> fold(int flushesMax) {
    return database
        .control()
        .withTransaction(
            connection ->
                store.fold(connection, flushesMax, Long.MAX_VALUE).map(StatsStore.Folded::flushes));
  }

  private List<StatDelta> writeFlush() throws Exception {
    List<StatDelta> flush = new ArrayList<>();
    int size = 1 + random.nextInt(60);
    for (int i = 0; i < size; i++) {
      flush.add(randomDelta());
    }
    DeltaWriter.write(database.control(), flush).await(10, SECONDS);
    return flush;
  }

  private StatDelta randomDelta() {
    int webhook = 1 + random.nextInt(WEBHOOKS);
    String type = TYPES.get(random.nextInt(TYPES.size()));
    long acceptedMillis = START + (long) (random.nextDouble() * DAYS * 24 * HOUR_MILLIS);
    long hour = acceptedMillis / HOUR_MILLIS;
    if (random.nextInt(3) == 0) {
      return new StatDelta(webhook, type, hour, StatDelta.ACCEPTED, 0, StatDelta.NO_ANSWER);
    }
    short status = random.nextInt(4) == 0 ? StatDelta.FAILED : StatDelta.SUCCESS;
    int responseMillis =
        random.nextInt(5) == 0 ? StatDelta.NO_ANSWER : (int) Math.pow(10, random.nextDouble() * 5);
    long ended = acceptedMillis + random.nextInt((int) (3 * HOUR_MILLIS));
    return new StatDelta(webhook, type, hour, status, ended, responseMillis);
  }

  /** Everything that can be read against everything that was written. */
  private void assertCounts(List<StatDelta> all) throws Exception {
    for (int webhook = 1; webhook <= WEBHOOKS; webhook++) {
      int number = webhook;
      List<StatDelta> own = all.stream().filter(delta -> delta.webhook() == number).toList();
      assertTotals(reader.totals(number).await(10, SECONDS), own);
      for (StatsPeriod period : StatsPeriod.values()) {
        HourRange range = randomRange();
        assertStatistics(
            reader.statistics(number, period, range).await(10, SECONDS), own, period, range);
      }
    }
  }

  private HourRange randomRange() {
    long from = START / HOUR_MILLIS + random.nextInt((int) DAYS * 24);
    return new HourRange(from, from + random.nextInt((int) DAYS * 24));
  }

  private static void assertTotals(WebhookTotals totals, List<StatDelta> own) {
    long ended = countOf(own, delta -> !accepted(delta));
    assertThat(totals.successful()).isEqualTo(countOf(own, StatsTest::successful));
    assertThat(totals.failed()).isEqualTo(ended - countOf(own, StatsTest::successful));
    assertThat(totals.pending()).isEqualTo(countOf(own, StatsTest::accepted) - ended);
    assertThat(totals.answered()).isEqualTo(countOf(own, StatsTest::answered));
    assertThat(totals.millisSum())
        .isEqualTo(
            own.stream().filter(StatsTest::answered).mapToLong(StatDelta::responseMillis).sum());
    if (ended > 0) {
      long last = own.stream().mapToLong(StatDelta::endedMillis).max().orElseThrow();
      assertThat(totals.lastDelivery()).isEqualTo(Instant.ofEpochMilli(last));
    }
  }

  private static void assertStatistics(
      Statistics statistics, List<StatDelta> own, StatsPeriod period, HourRange range) {
    List<StatDelta> ended =
        own.stream()
            .filter(delta -> !accepted(delta))
            .filter(delta -> delta.endedMillis() / HOUR_MILLIS >= range.from())
            .filter(delta -> delta.endedMillis() / HOUR_MILLIS < range.to())
            .toList();
    assertThat(statistics.overall()).isEqualTo(counts(ended));
    assertThat(statistics.pending())
        .isEqualTo(countOf(own, StatsTest::accepted) - countOf(own, delta -> !accepted(delta)));
    for (String type : TYPES) {
      List<StatDelta> ofType = ended.stream().filter(d -> d.eventType().equals(type)).toList();
      assertThat(statistics.eventTypes().getOrDefault(type, EndedCounts.NONE))
          .isEqualTo(counts(ofType));
    }
    boolean isShort = range.to() - range.from() <= StatsReader.HOURS_WITH_TIMES_MAX;
    assertBuckets(statistics.buckets(), ended, period, period != StatsPeriod.HOUR || isShort);
    assertBuckets(statistics.days(), ended, StatsPeriod.DAY, true);
    assertPercentile(statistics.times(), ended, 50);
    assertPercentile(statistics.times(), ended, 95);
  }

  private static void assertBuckets(
      List<Statistics.Bucket> buckets,
      List<StatDelta> ended,
      StatsPeriod period,
      boolean withTimes) {
    assertThat(buckets.stream().map(Statistics.Bucket::date))
        .containsExactlyElementsOf(
            ended.stream()
                .map(delta -> bucketName(delta.endedMillis(), period))
                .distinct()
                .sorted()
                .toList());
    for (Statistics.Bucket bucket : buckets) {
      List<StatDelta> own =
          ended.stream()
              .filter(d -> bucketName(d.endedMillis(), period).equals(bucket.date()))
              .toList();
      assertThat(bucket.counts()).isEqualTo(counts(own));
      assertPercentile(bucket.times(), withTimes ? own : List.of(), 50);
      assertPercentile(bucket.times(), withTimes ? own : List.of(), 95);
    }
  }

  private static String bucketName(long millis, StatsPeriod period) {
    LocalDateTime time =
        LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.HOURS);
    return switch (period) {
      case HOUR -> time + ":00Z";
      case DAY -> time.toLocalDate().toString();
      case WEEK -> time.toLocalDate().minusDays(time.getDayOfWeek().getValue() - 1L).toString();
      case MONTH -> time.toLocalDate().toString().substring(0, 7);
    };
  }

  private static void assertPercentile(ResponseTimes times, List<StatDelta> ended, int p) {
    int[] sorted =
        ended.stream().filter(StatsTest::answered).mapToInt(StatDelta::responseMillis).toArray();
    Arrays.sort(sorted);
    if (sorted.length == 0) {
      assertThat(times.percentile(p)).isEmpty();
      return;
    }
    double exact = sorted[(int) Math.ceil(p * sorted.length / 100.0) - 1];
    assertThat(times.percentile(p).orElseThrow()).isCloseTo(exact, within(exact * 0.01));
  }

  private static EndedCounts counts(List<StatDelta> ended) {
    long success = countOf(ended, StatsTest::successful);
    return new EndedCounts(
        success,
        ended.size() - success,
        countOf(ended, StatsTest::answered),
        ended.stream().filter(StatsTest::answered).mapToLong(StatDelta::responseMillis).sum());
  }

  private static long countOf(List<StatDelta> deltas, Predicate<StatDelta> which) {
    return deltas.stream().filter(which).count();
  }

  private static boolean accepted(StatDelta delta) {
    return delta.status() == StatDelta.ACCEPTED;
  }

  private static boolean successful(StatDelta delta) {
    return delta.status() == StatDelta.SUCCESS;
  }

  private static boolean answered(StatDelta delta) {
    return delta.responseMillis() != StatDelta.NO_ANSWER;
  }
}
