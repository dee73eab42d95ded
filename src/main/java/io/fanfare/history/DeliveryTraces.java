package io.fanfare.history;

import static io.fanfare.history.Rows.DELIVERY_COLUMNS;

import io.fanfare.id.IdGenerator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of some deliveries at once: what their attempts met, what is sent before them, and
 * what was made of them by hand. Bodies of answers are left out.
 */
public final class DeliveryTraces {
  /** Most attempts told of a delivery: the newest. */
  public static final int ATTEMPTS_MAX = 50;

  /** Most deliveries counted as being ahead. */
  public static final int AHEAD_MAX = 1_000;

  /** Most redeliveries told of a delivery. */
  private static final int LINKS_MAX = 500;

  private static final long FLUSH_MILLIS_MAX = 60_000;

  /**
   * By the id alone, of which there is no index that a planner surely takes: the key is looked up
   * once for each webhook, at two microseconds each, in the one partition of the id's day.
   */
  private static final String ONE =
      """
      select d.* from webhook w
      cross join lateral (
        select d.webhook, %s from delivery d
        where d.webhook = w.number and d.id = $1::uuid limit 1) as d
      limit 1
      """
          .formatted(DELIVERY_COLUMNS);

  private static final String OF_EVENT =
      """
      select t.webhook, d.*
      from unnest($2::int4[]) as t(webhook)
      cross join lateral (
        select %s from delivery d
        where d.webhook = t.webhook and d.id >= $1::uuid and d.id < $3::uuid
          and d.event_id = $1::uuid
        order by d.id limit 1) as d
      """
          .formatted(DELIVERY_COLUMNS);

  private static final String WEBHOOK =
      "select %s from webhook w where w.number = $1::int4".formatted(Rows.WEBHOOK_COLUMNS);

  private static final String ATTEMPTS =
      """
      select t.id as delivery_id, a.*
      from unnest($1::int4[], $2::uuid[]) as t(webhook, id)
      cross join lateral (
        select n, started_at, probe, response_code, response_time, null::text as response_body,
          error, response_headers::json ->> 'retry-after' as response_headers
        from attempt
        where webhook = t.webhook and delivery_id = t.id
          and delivery_id between $3::uuid and $4::uuid
        order by n desc limit $5::int4) as a
      order by t.id, a.n
      """;

  private static final String AHEAD =
      """
      select t.id, c.ahead
      from unnest($1::int4[], $2::uuid[], $3::timestamptz[]) as t(webhook, id, due_at)
      cross join lateral (
        select count(*) as ahead from (
          select from delivery d
          where d.webhook = t.webhook and d.due_at is not null and d.due_at < t.due_at
          limit $4::int4) as before) as c
      """;

  private static final String LINKS =
      """
      select delivery_id, original_id from redelivery where event_id = $1::uuid
      order by delivery_id desc limit $2::int4
      """;

  private final Pool pool;

  /**
   * @param pool for reads
   */
  public DeliveryTraces(Pool pool) {
    this.pool = pool;
  }

  /**
   * A delivery with the number of its webhook.
   *
   * @param webhook its number
   */
  public record Placed(int webhook, DeliveryEntry delivery) {}

  /**
   * What is known of a delivery.
   *
   * @param attempts the newest that ended, in order; in the place of its headers each has the
   *     answer's {@code Retry-After} only
   * @param ahead how many of its webhook's deliveries are due before it, up to {@link #AHEAD_MAX}
   *     and one; null where it does not wait in the database
   * @param redeliveryOf the delivery that it was made of by hand; null where it was not
   * @param redeliveredAs what was made of it by hand, the newest first
   */
  public record Trace(
      List<AttemptEntry> attempts,
      @Nullable Long ahead,
      @Nullable UUID redeliveryOf,
      List<UUID> redeliveredAs) {}

  /** The delivery of that id; empty where it is unknown or not kept any more. */
  public Future<Optional<Placed>> find(UUID delivery) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(delivery))
        .map(
            rows ->
                rows.stream()
                    .findFirst()
                    .map(row -> new Placed(row.getInteger("webhook"), Rows.delivery(row))));
  }

  /** The first delivery of an event for each of some webhooks, by their numbers. */
  public Future<Map<Integer, DeliveryEntry>> ofEvent(UUID event, List<Integer> webhooks) {
    if (webhooks.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    UUID end = IdGenerator.floorOf(IdGenerator.millis(event) + FLUSH_MILLIS_MAX);
    return pool.preparedQuery(OF_EVENT)
        .execute(Tuple.of(event, webhooks.toArray(Integer[]::new), end))
        .map(
            rows -> {
              Map<Integer, DeliveryEntry> found = new HashMap<>();
              rows.forEach(row -> found.put(row.getInteger("webhook"), Rows.delivery(row)));
              return found;
            });
  }

  /** A webhook, also a deleted one. */
  public Future<Optional<WebhookFacts>> webhook(int number) {
    return pool.preparedQuery(WEBHOOK)
        .execute(Tuple.of(number))
        .map(rows -> rows.stream().findFirst().map(Rows::webhook));
  }

  /** What is known of deliveries of one event, by their ids. */
  public Future<Map<UUID, Trace>> of(UUID event, List<Placed> deliveries) {
    if (deliveries.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    var attempts = attempts(deliveries);
    var ahead = ahead(deliveries);
    var links = links(event);
    return Future.all(attempts, ahead, links)
        .map(
            done -> {
              Map<UUID, Trace> traces = new HashMap<>();
              for (Placed placed : deliveries) {
                UUID id = placed.delivery().id();
                List<AttemptEntry> stored = attempts.result().getOrDefault(id, List.of());
                traces.put(
                    id,
                    new Trace(
                        AttemptEntry.isWhole(placed.delivery(), stored)
                            ? stored
                            : AttemptEntry.withLast(placed.delivery(), stored, null),
                        ahead.result().get(id),
                        links.result().get(id),
                        madeOf(id, links.result())));
              }
              return traces;
            });
  }

  private static List<UUID> madeOf(UUID original, Map<UUID, UUID> links) {
    return links.entrySet().stream()
        .filter(link -> link.getValue().equals(original))
        .map(Map.Entry::getKey)
        .sorted(IdGenerator.ORDER.reversed())
        .toList();
  }

  private Future<Map<UUID, List<AttemptEntry>>> attempts(List<Placed> deliveries) {
    List<UUID> ids = deliveries.stream().map(placed -> placed.delivery().id()).toList();
    return pool.preparedQuery(ATTEMPTS)
        .execute(
            Tuple.of(
                deliveries.stream().map(Placed::webhook).toArray(Integer[]::new),
                ids.toArray(UUID[]::new),
                Collections.min(ids, IdGenerator.ORDER),
                Collections.max(ids, IdGenerator.ORDER),
                ATTEMPTS_MAX))
        .map(
            rows -> {
              Map<UUID, List<AttemptEntry>> found = new HashMap<>();
              rows.forEach(
                  row ->
                      found
                          .computeIfAbsent(row.getUUID("delivery_id"), id -> new ArrayList<>())
                          .add(Rows.attempt(row)));
              return found;
            });
  }

  private Future<Map<UUID, Long>> ahead(List<Placed> deliveries) {
    List<Placed> waiting =
        deliveries.stream().filter(placed -> placed.delivery().dueAt() != null).toList();
    if (waiting.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    return pool.preparedQuery(AHEAD)
        .execute(
            Tuple.of(
                waiting.stream().map(Placed::webhook).toArray(Integer[]::new),
                waiting.stream().map(placed -> placed.delivery().id()).toArray(UUID[]::new),
                waiting.stream()
                    .map(placed -> utc(Objects.requireNonNull(placed.delivery().dueAt())))
                    .toArray(OffsetDateTime[]::new),
                AHEAD_MAX + 1))
        .map(
            rows -> {
              Map<UUID, Long> found = new HashMap<>();
              rows.forEach(row -> found.put(row.getUUID("id"), row.getLong("ahead")));
              return found;
            });
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }

  /** What was made by hand, with what it was made of. */
  private Future<Map<UUID, UUID>> links(UUID event) {
    return pool.preparedQuery(LINKS)
        .execute(Tuple.of(event, LINKS_MAX))
        .map(
            rows -> {
              Map<UUID, UUID> found = new HashMap<>();
              rows.forEach(
                  row -> found.put(row.getUUID("delivery_id"), row.getUUID("original_id")));
              return found;
            });
  }
}
