package io.fanfare.history;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.fanfare.database.Database;
import io.fanfare.database.Partitions;
import io.fanfare.id.IdGenerator;
import io.fanfare.stats.DeltaWriter;
import io.fanfare.stats.StatDelta;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes events and deliveries of earlier days, as ingest and outcomes would have done. */
public final class Past {
  /** The event types in it. */
  public static final List<String> TYPES = List.of("build.failed", "file.created", "user.login");

  /** The data of every event in it, which no JSON library would write like this. */
  public static final String DATA = "{ \"n\" : 1.0e+2, \"a\":\"\\u0041\" }";

  private static final long DAY_MILLIS = 86_400_000;

  private static final String WEBHOOK =
      """
      insert into webhook (id, project_id, name, url, events, secret_sealed, headers_sealed, active,
        timeout_millis, max_attempts, backoff_strategy, initial_delay_millis, max_delay_millis,
        created_at, updated_at, created_by)
      values ($1::uuid, $2::text, 'a webhook', 'https://example.com/', array['*'], '', '', true,
        30000, 3, 'exponential', 1000, 60000, now(), now(), 'user_1')
      returning number
      """;

  private static final String EVENTS =
      """
      insert into event (id, type, project_id, occurred_at, data, targets, test)
      select id, type, project_id, occurred_at, data, targets::int4[], test
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bool[])
        as t(id, type, project_id, occurred_at, data, targets, test)
      """;

  private static final String DELIVERIES =
      """
      insert into delivery (webhook, id, event_id, event_type, status, failed, test, attempts,
        due_at, ended_at, response_code, response_time, response_body, error)
      select webhook, id, event_id, type, status::delivery_status, status = 'failed', test, attempts,
        to_timestamp(due / 1000.0), to_timestamp(ended / 1000.0), code, millis, body, error
      from unnest($1::int4[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bool[], $7::int2[],
        $8::int8[], $9::int8[], $10::int4[], $11::int4[], $12::text[], $13::text[])
        as t(webhook, id, event_id, type, status, test, attempts, due, ended, code, millis, body,
          error)
      """;

  private final Database database;
  private final Random random;

  public Past(Database database, long seed) {
    this.database = database;
    this.random = new Random(seed);
  }

  /** A registration; answers its number. */
  public int webhook(UUID id, @Nullable String projectId) throws Exception {
    return database
        .control()
        .preparedQuery(WEBHOOK)
        .execute(Tuple.of(id, projectId))
        .map(rows -> rows.iterator().next().getInteger(0))
        .await(10, SECONDS);
  }

  /** An id of a millisecond. */
  public UUID id(long millis) {
    return new UUID(
        IdGenerator.floorOf(millis).getMostSignificantBits() | 0x7000 | random.nextInt(0x1000),
        random.nextLong() >>> 2 | 0x8000000000000000L);
  }

  /** Partitions from a day on. */
  public void partitions(Instant first, int days) throws Exception {
    new Partitions(database, Clock.systemUTC(), 0)
        .ensure(LocalDate.ofInstant(first, ZoneOffset.UTC), days)
        .await(30, SECONDS);
  }

  /**
   * Deliveries of all statuses, each of an event of its own, at random times of some days; some of
   * them are tests. Their changes are written to {@code stat_delta}.
   *
   * @return the deliveries, in no order
   */
  public List<DeliveryEntry> deliveries(int webhook, Instant first, int days, int count)
      throws Exception {
    partitions(first, days);
    List<DeliveryEntry> all = new ArrayList<>();
    while (all.size() < count) {
      List<DeliveryEntry> some = new ArrayList<>();
      for (int i = Math.min(2_000, count - all.size()); i > 0; i--) {
        some.add(random(first.toEpochMilli() + (long) (random.nextDouble() * days * DAY_MILLIS)));
      }
      write(webhook, some);
      all.addAll(some);
    }
    return all;
  }

  private DeliveryEntry random(long millis) {
    UUID event = id(millis);
    String type = TYPES.get(random.nextInt(TYPES.size()));
    boolean test = random.nextInt(40) == 0;
    int dice = random.nextInt(20);
    Instant later = Instant.ofEpochMilli(millis + random.nextInt(7_200_000));
    UUID id = new UUID(event.getMostSignificantBits(), event.getLeastSignificantBits() + 1);
    if (dice == 0 && !test) {
      Instant due = random.nextBoolean() ? later : null;
      return new DeliveryEntry(
          id, event, type, DeliveryStatus.PENDING, false, 0, due, null, null, null, null, null);
    }
    if (dice < 5) {
      String error = "HTTP 500: Internal Server Error";
      return new DeliveryEntry(
          id, event, type, DeliveryStatus.FAILED, test, 3, null, later, 500, 20, "no", error);
    }
    int millisTaken = random.nextInt(1_000);
    return new DeliveryEntry(
        id,
        event,
        type,
        DeliveryStatus.SUCCESS,
        test,
        1,
        null,
        later,
        200,
        millisTaken,
        "ok",
        null);
  }

  /** Deliveries as they are, with their events and changes. */
  public void write(int webhook, List<DeliveryEntry> deliveries) throws Exception {
    for (DeliveryEntry delivery : deliveries) {
      events.add(delivery.eventId(), delivery, webhook, DATA);
    }
    events.flush();
    writeDeliveries(webhook, deliveries);
    List<StatDelta> deltas = new ArrayList<>();
    for (DeliveryEntry delivery : deliveries) {
      if (!delivery.test()) {
        deltas.addAll(changes(webhook, delivery));
      }
    }
    DeltaWriter.write(database.control(), deltas).await(10, SECONDS);
  }

  private final EventBatch events = new EventBatch();

  private final class EventBatch {
    private final List<UUID> ids = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<String> times = new ArrayList<>();
    private final List<Buffer> datas = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final List<Boolean> tests = new ArrayList<>();

    void add(UUID id, DeliveryEntry delivery, int webhook, String data) {
      ids.add(id);
      types.add(delivery.eventType());
      times.add(delivery.acceptedAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS) + "");
      datas.add(Buffer.buffer(data));
      targets.add("{" + webhook + "}");
      tests.add(delivery.test());
    }

    void flush() throws Exception {
      countPublished();
      database
          .control()
          .preparedQuery(EVENTS)
          .execute(
              Tuple.of(
                  ids.toArray(UUID[]::new),
                  types.toArray(String[]::new),
                  ids.stream().map(id -> "proj_1").toArray(String[]::new),
                  times.toArray(String[]::new),
                  datas.toArray(Buffer[]::new),
                  targets.toArray(String[]::new),
                  tests.toArray(Boolean[]::new)))
          .await(30, SECONDS);
      List.of(ids, types, times, datas, targets, tests).forEach(List::clear);
    }

    private void countPublished() throws Exception {
      List<UUID> published = new ArrayList<>();
      List<String> publishedTypes = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        if (!tests.get(i)) {
          published.add(ids.get(i));
          publishedTypes.add(types.get(i));
        }
      }
      DeltaWriter.writeEvents(database.control(), published, publishedTypes, "proj_1")
          .await(10, SECONDS);
    }
  }

  /** Deliveries alone, without events and changes. */
  public void writeDeliveries(int webhook, List<DeliveryEntry> all) throws Exception {
    Tuple tuple =
        Tuple.tuple()
            .addArrayOfInteger(all.stream().map(d -> webhook).toArray(Integer[]::new))
            .addArrayOfUUID(all.stream().map(DeliveryEntry::id).toArray(UUID[]::new))
            .addArrayOfUUID(all.stream().map(DeliveryEntry::eventId).toArray(UUID[]::new))
            .addArrayOfString(all.stream().map(DeliveryEntry::eventType).toArray(String[]::new))
            .addArrayOfString(all.stream().map(d -> d.status().wireName()).toArray(String[]::new))
            .addArrayOfBoolean(all.stream().map(DeliveryEntry::test).toArray(Boolean[]::new))
            .addArrayOfShort(all.stream().map(d -> (short) d.attempts()).toArray(Short[]::new))
            .addArrayOfLong(all.stream().map(d -> millis(d.dueAt())).toArray(Long[]::new))
            .addArrayOfLong(all.stream().map(d -> millis(d.endedAt())).toArray(Long[]::new))
            .addArrayOfInteger(
                all.stream().map(DeliveryEntry::responseCode).toArray(Integer[]::new))
            .addArrayOfInteger(
                all.stream().map(DeliveryEntry::responseTime).toArray(Integer[]::new))
            .addArrayOfString(all.stream().map(DeliveryEntry::responseBody).toArray(String[]::new))
            .addArrayOfString(all.stream().map(DeliveryEntry::error).toArray(String[]::new));
    database.control().preparedQuery(DELIVERIES).execute(tuple).await(30, SECONDS);
  }

  private static @Nullable Long millis(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }

  private static List<StatDelta> changes(int webhook, DeliveryEntry delivery) {
    long hour = StatDelta.acceptedHour(delivery.id());
    String type = delivery.eventType();
    StatDelta accepted =
        new StatDelta(webhook, type, hour, StatDelta.ACCEPTED, 0, StatDelta.NO_ANSWER);
    Instant ended = delivery.endedAt();
    if (delivery.status() == DeliveryStatus.PENDING || ended == null) {
      return List.of(accepted);
    }
    short status =
        delivery.status() == DeliveryStatus.SUCCESS ? StatDelta.SUCCESS : StatDelta.FAILED;
    Integer millis = delivery.responseTime();
    int answered = millis == null ? StatDelta.NO_ANSWER : millis;
    return List.of(
        accepted, new StatDelta(webhook, type, hour, status, ended.toEpochMilli(), answered));
  }
}
