package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class PartitionsTest {
  private static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");
  private static final UUID ID = IdGenerator.floorOf(NOON.toEpochMilli());

  private Database database;
  private Partitions partitions;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.create(vertx).await(30, SECONDS);
    partitions = new Partitions(database, Clock.fixed(NOON, ZoneOffset.UTC), 3);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void makesThePartitionsOfTodayAndTheDaysAhead() throws Exception {
    partitions.ensureAhead().await(10, SECONDS);

    assertThat(names("delivery_2024%"))
        .containsExactly(
            "delivery_20240101", "delivery_20240102", "delivery_20240103", "delivery_20240104");
    assertThat(names("event_2024%")).hasSize(4);
    assertThat(names("attempt_2024%")).hasSize(4);
  }

  @Test
  void leavesWhatIsThereAlready() throws Exception {
    partitions.ensureAhead().await(10, SECONDS);
    insertDelivery(ID).await(10, SECONDS);

    partitions.ensureAhead().await(10, SECONDS);
    Future.all(partitions.ensureFor(ID), partitions.ensureFor(ID)).await(10, SECONDS);

    assertThat(count("delivery_20240101")).isEqualTo(1);
  }

  @Test
  void knowsThatAPartitionIsMissingAndMakesItOnDemand() throws Exception {
    Throwable failure =
        insertDelivery(ID).map((Throwable) null).otherwise(e -> e).await(10, SECONDS);
    assertThat(Partitions.isMissing(failure)).isTrue();

    partitions.ensureFor(ID).await(10, SECONDS);
    insertDelivery(ID).await(10, SECONDS);

    assertThat(count("delivery_20240101")).isEqualTo(1);
  }

  @Test
  void leavesRoomForUpdatesInDeliveryPartitionsAndAttachesEveryIndex() throws Exception {
    partitions.ensure(LocalDate.of(2024, 1, 1), 1).await(10, SECONDS);

    Row delivery =
        one(
            "select array_to_string(reloptions, ',') from pg_class where relname = 'delivery_20240101'");
    assertThat(delivery.getString(0)).contains("fillfactor=45");
    Row indexes =
        one(
            """
            select count(*) filter (where indrelid = 'delivery_20240101'::regclass) as attached,
                   count(*) filter (where indrelid = 'delivery'::regclass) as wanted
            from pg_index left join pg_inherits on inhrelid = indexrelid
            where indrelid = 'delivery'::regclass or inhparent is not null
            """);
    assertThat(indexes.getLong("attached")).isPositive().isEqualTo(indexes.getLong("wanted"));
  }

  @Test
  void doesNotCompressPayloads() throws Exception {
    partitions.ensure(LocalDate.of(2024, 1, 1), 1).await(10, SECONDS);

    Row data =
        one(
            """
            select attstorage::text from pg_attribute
            where attrelid = 'event_20240101'::regclass and attname = 'data'
            """);
    assertThat(data.getString(0)).isEqualTo("e");
  }

  private Future<Void> insertDelivery(UUID id) {
    return database
        .control()
        .preparedQuery(
            "insert into delivery (webhook, id, event_id, event_type, status)"
                + " values (1, $1::uuid, $1::uuid, 'build.started', 'pending')")
        .execute(Tuple.of(id))
        .mapEmpty();
  }

  private List<String> names(String pattern) throws Exception {
    return database
        .control()
        .preparedQuery(
            "select relname::text from pg_class join pg_inherits on inhrelid = pg_class.oid"
                + " where relkind = 'r' and relname like $1::text order by relname")
        .execute(Tuple.of(pattern))
        .await(10, SECONDS)
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private long count(String table) throws Exception {
    return one("select count(*) from " + table).getLong(0);
  }

  private Row one(String sql) throws Exception {
    return database.control().query(sql).execute().await(10, SECONDS).iterator().next();
  }
}
