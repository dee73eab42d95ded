package io.fanfare.history;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.database.Database;
import io.fanfare.database.TestDatabase;
import io.fanfare.id.IdGenerator;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
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
    history = new EventHistory(database.read());
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
