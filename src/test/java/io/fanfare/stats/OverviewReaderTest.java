package io.fanfare.stats;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Plots add up what was folded, whatever the folds were. */
@ExtendWith(VertxExtension.class)
class OverviewReaderTest {
  private static final String TYPE = "build.started";

  private final StatsStore store = new StatsStore();
  private final Instant now = Instant.now();
  private Database database;
  private OverviewReader reader;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.create(vertx).await(60, SECONDS);
    reader = new OverviewReader(database.read());
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  private void fold() throws Exception {
    database
        .control()
        .withTransaction(connection -> store.fold(connection, 100, Long.MAX_VALUE))
        .await(10, SECONDS);
  }

  /** Deliveries that ended so long ago, in a flush of its own for each, all with that answer. */
  private void ended(int webhook, short status, Duration ago, int count, int millis)
      throws Exception {
    Instant at = now.minus(ago);
    List<StatDelta> deltas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      deltas.add(
          new StatDelta(
              webhook, TYPE, at.getEpochSecond() / 3_600, status, at.toEpochMilli(), millis));
    }
    DeltaWriter.write(database.control(), deltas).await(10, SECONDS);
    fold();
  }

  private Overview ofAll(PlotRange range) throws Exception {
    return reader.ofAll(range, now).await(10, SECONDS);
  }

  @Test
  void everyRangeHasItsOwnBuckets() throws Exception {
    ended(1, StatDelta.SUCCESS, Duration.ZERO, 3, 10);
    ended(1, StatDelta.SUCCESS, Duration.ofMinutes(30), 4, 20);
    ended(2, StatDelta.FAILED, Duration.ofHours(12), 5, 30);
    ended(2, StatDelta.SUCCESS, Duration.ofDays(3), 6, 40);
    ended(2, StatDelta.SUCCESS, Duration.ofDays(20), 7, 45);

    Overview hour = ofAll(PlotRange.HOUR);
    assertThat(hour.buckets()).hasSize(60);
    assertThat(hour.total().delivered()).isEqualTo(7);
    assertThat(hour.buckets().get(59).delivered()).isEqualTo(3);
    assertThat(hour.buckets().get(29).delivered()).isEqualTo(4);
    assertThat(hour.total().times().percentile(50)).hasValue(20);
    Overview day = ofAll(PlotRange.DAY);
    assertThat(day.buckets()).hasSize(96);
    assertThat(day.total().delivered()).isEqualTo(7);
    assertThat(day.total().failed()).isEqualTo(5);
    assertThat(day.total().successRate()).isEqualTo(58.33);
    assertThat(ofAll(PlotRange.WEEK).total().delivered()).isEqualTo(13);
    Overview month = ofAll(PlotRange.MONTH);
    assertThat(month.buckets()).hasSize(30);
    assertThat(month.total().delivered()).isEqualTo(20);
    assertThat(month.total().times().percentile(99)).hasValue(45);
  }

  @Test
  void aProjectHasWhatItsWebhooksHad() throws Exception {
    ended(1, StatDelta.SUCCESS, Duration.ZERO, 3, 10);
    ended(2, StatDelta.FAILED, Duration.ZERO, 2, 30);
    DeltaWriter.writeEvents(
            database.control(),
            List.of(IdGenerator.floorOf(now.toEpochMilli())),
            List.of(TYPE),
            "p")
        .await(10, SECONDS);
    fold();

    for (PlotRange range : PlotRange.values()) {
      Overview own = reader.ofProject("p", List.of(1), range, now).await(10, SECONDS);
      assertThat(own.total().events()).as(range.wireName()).isEqualTo(1);
      assertThat(own.total().delivered()).isEqualTo(3);
      assertThat(own.total().failed()).isZero();
      assertThat(own.total().times().percentile(95)).hasValue(10);
      assertThat(own.buckets().get(own.buckets().size() - 1).delivered()).isEqualTo(3);
      assertThat(ofAll(range).total().events()).isEqualTo(1);
    }
  }

  @Test
  void aMinuteLastsToItsEnd() throws Exception {
    String minutes =
        "select %s as first, %s as last"
            .formatted(
                OverviewStore.MINUTE_OF.formatted("timestamptz '2024-01-01 00:00:00Z'"),
                OverviewStore.MINUTE_OF.formatted("timestamptz '2024-01-01 00:00:59.999Z'"));
    Row row =
        database
            .control()
            .query(minutes)
            .execute()
            .map(rows -> rows.iterator().next())
            .await(10, SECONDS);
    assertThat(row.getLong("last")).isEqualTo(row.getLong("first"));
  }

  @Test
  void theWorstComeFirst() throws Exception {
    ended(1, StatDelta.FAILED, Duration.ZERO, 1, 10);
    ended(2, StatDelta.FAILED, Duration.ZERO, 3, 10);
    ended(3, StatDelta.SUCCESS, Duration.ZERO, 9, 10);
    for (PlotRange range : PlotRange.values()) {
      assertThat(reader.worst(null, range, now).await(10, SECONDS))
          .containsExactly(new Overview.Failing(2, 3), new Overview.Failing(1, 1));
      assertThat(reader.worst(List.of(1, 3), range, now).await(10, SECONDS))
          .containsExactly(new Overview.Failing(1, 1));
    }
  }

  @Test
  void whatNoPlotShowsIsForgotten() throws Exception {
    ended(1, StatDelta.SUCCESS, Duration.ofDays(20), 7, 10);
    ended(1, StatDelta.SUCCESS, Duration.ZERO, 1, 10);
    // What was the present minute, quarter and hour then.
    long then = now.minus(Duration.ofDays(20)).getEpochSecond() / 60;
    database
        .control()
        .query(
            "insert into stat_overview select grain, %d / grain * grain, 0, 0, 7, 0, '' from unnest('{1,15,60}'::int2[]) as g(grain)"
                .formatted(then))
        .execute()
        .await(10, SECONDS);
    store.forget(database.control(), 100).await(10, SECONDS);

    long rows =
        database
            .control()
            .query("select count(*) from stat_overview")
            .execute()
            .map(counted -> counted.iterator().next().getLong(0))
            .await(10, SECONDS);
    // The old day, and the present minute, quarter, hour and day.
    assertThat(rows).isEqualTo(5);
    assertThat(ofAll(PlotRange.MONTH).total().delivered()).isEqualTo(8);
  }
}
