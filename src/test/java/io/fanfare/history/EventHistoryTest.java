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
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class EventHistoryTest {
  private static final Instant FIRST = Instant.parse("2024-03-01T00:00:00Z");
  private static final EventFilter ALL = new EventFilter(null, null, null, null);

  private Database database;
  private EventHistory history;
  private Past past;
  private int webhook;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.create(vertx).await(60, SECONDS);
    LocalCodec.register(vertx);
    vertx
        .deployVerticle(
            new StatsVerticle(database.control(), Duration.ofHours(1)), StatsVerticle.options())
        .await(10, SECONDS);
    history = new EventHistory(database.read(), new StatsReader(vertx, database.read()));
    past = new Past(database, 5);
    webhook = past.webhook(UUID.randomUUID(), null);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void listsTheNewestFirstWithoutThoseOfTests() throws Exception {
    List<UUID> published =
        past.deliveries(webhook, FIRST, 2, 500).stream()
            .filter(delivery -> !delivery.test())
            .map(DeliveryEntry::eventId)
            .sorted(IdGenerator.ORDER.reversed())
            .toList();

    assertThat(ids(history.page(ALL, null, 30, 0).await(10, SECONDS)))
        .isEqualTo(published.subList(0, 30));
    assertThat(ids(history.page(ALL, published.get(29), 30, 0).await(10, SECONDS)))
        .isEqualTo(published.subList(30, 60));
    assertThat(ids(history.page(ALL, null, 30, 30).await(10, SECONDS)))
        .isEqualTo(published.subList(30, 60));
    assertThat(history.count(ALL).await(10, SECONDS)).isEqualTo(published.size());
  }

  @Test
  void filtersByTypeProjectAndTimeCombine() throws Exception {
    Instant noon = FIRST.plusSeconds(12 * 3_600);
    List<UUID> expected =
        past.deliveries(webhook, FIRST, 2, 500).stream()
            .filter(delivery -> !delivery.test())
            .filter(delivery -> delivery.eventType().equals("user.login"))
            .filter(delivery -> !delivery.acceptedAt().isBefore(noon))
            .map(DeliveryEntry::eventId)
            .sorted(IdGenerator.ORDER.reversed())
            .toList();
    EventFilter filter = new EventFilter("user.login", "proj_1", noon, null);

    assertThat(ids(history.page(filter, null, 500, 0).await(10, SECONDS))).isEqualTo(expected);
    assertThat(history.count(filter).await(10, SECONDS)).isEqualTo(expected.size());
    EventFilter other = new EventFilter("user.login", "proj_2", noon, null);
    assertThat(history.count(other).await(10, SECONDS)).isZero();
  }

  @Test
  void everyFilterFindsAndCountsTheSameAsASearchThroughAll() throws Exception {
    List<DeliveryEntry> published =
        past.deliveries(webhook, FIRST, 3, 2_000).stream()
            .filter(delivery -> !delivery.test())
            .sorted(Comparator.comparing(DeliveryEntry::eventId, IdGenerator.ORDER.reversed()))
            .toList();
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      String type = random.nextBoolean() ? null : Past.TYPES.get(random.nextInt(3));
      String project = random.nextBoolean() ? null : "proj_1";
      Instant from = random.nextBoolean() ? null : randomMoment(random);
      Instant until = random.nextBoolean() ? null : randomMoment(random);
      EventFilter filter = new EventFilter(type, project, from, until);
      List<UUID> expected =
          published.stream()
              .filter(d -> type == null || d.eventType().equals(type))
              .filter(d -> from == null || !d.acceptedAt().isBefore(from))
              .filter(d -> until == null || d.acceptedAt().isBefore(until))
              .map(DeliveryEntry::eventId)
              .toList();
      int offset = expected.isEmpty() ? 0 : random.nextInt(expected.size());
      UUID before = offset == 0 ? null : expected.get(offset - 1);
      List<UUID> rest = expected.subList(offset, Math.min(expected.size(), offset + 21));

      assertThat(ids(history.page(filter, null, 21, offset).await(10, SECONDS)))
          .as("%s from %d on", filter, offset)
          .isEqualTo(rest);
      assertThat(ids(history.page(filter, before, 21, 0).await(10, SECONDS)))
          .as("%s after %s", filter, before)
          .isEqualTo(rest);
      assertThat(history.count(filter).await(10, SECONDS))
          .as("%s", filter)
          .isEqualTo(expected.size());
    }
  }

  private static Instant randomMoment(Random random) {
    return FIRST.plusMillis((long) (random.nextDouble() * 3 * 86_400_000));
  }

  @Test
  void findsTheDeliveriesOfAnEventAndItsRedeliveries() throws Exception {
    UUID project = UUID.randomUUID();
    int second = past.webhook(project, "proj_1");
    List<DeliveryEntry> all = past.deliveries(webhook, FIRST, 1, 200);
    DeliveryEntry one =
        all.stream().max(Comparator.comparing(DeliveryEntry::acceptedAt)).orElseThrow();
    // The same event for the second webhook, and sent to it again an hour later.
    DeliveryEntry fanned = copy(one, next(one.id()));
    DeliveryEntry again = copy(one, past.id(one.acceptedAt().toEpochMilli() + 3_600_000));
    past.partitions(FIRST, 2);
    insertDelivery(second, fanned);
    insertDelivery(second, again);
    database
        .control()
        .preparedQuery("update event set targets = $1::int4[] where id = $2::uuid")
        .execute(Tuple.of(new Integer[] {webhook, second}, one.eventId()))
        .await(10, SECONDS);
    database
        .control()
        .preparedQuery("insert into redelivery values ($1::uuid, $2::uuid, $3::int4, $4::uuid)")
        .execute(Tuple.of(one.eventId(), again.id(), second, fanned.id()))
        .await(10, SECONDS);

    List<EventDelivery> found = history.deliveries(one.eventId()).await(10, SECONDS);

    assertThat(found.stream().map(EventDelivery::delivery)).containsExactly(one, fanned, again);
    assertThat(found.get(0).webhookProjectId()).isNull();
    assertThat(found.get(1).webhookId()).isEqualTo(project);
    assertThat(found.get(1).webhookProjectId()).isEqualTo("proj_1");
    EventHistory.Found event = history.find(one.eventId()).await(10, SECONDS).orElseThrow();
    assertThat(event.event().deliveries()).isEqualTo(2);
    assertThat(event.data().toString()).isEqualTo(Past.DATA);
  }

  @Test
  void anUnknownEventIsNotFound() throws Exception {
    assertThat(history.find(UUID.randomUUID()).await(10, SECONDS)).isEmpty();
  }

  private void insertDelivery(int number, DeliveryEntry delivery) throws Exception {
    past.writeDeliveries(number, List.of(delivery));
  }

  private static DeliveryEntry copy(DeliveryEntry of, UUID id) {
    return new DeliveryEntry(
        id,
        of.eventId(),
        of.eventType(),
        of.status(),
        of.test(),
        of.attempts(),
        of.dueAt(),
        of.endedAt(),
        of.responseCode(),
        of.responseTime(),
        of.responseBody(),
        of.error());
  }

  private static UUID next(UUID id) {
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() + 1);
  }

  private static List<UUID> ids(List<EventEntry> events) {
    return events.stream().map(EventEntry::id).toList();
  }
}
