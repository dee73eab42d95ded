package io.fanfare.outcome;

import io.fanfare.delivery.DeliveryLifecycle;
import io.fanfare.delivery.Outcome;
import io.fanfare.event.Event;
import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tests of webhooks: one attempt at once, and one row that is written when it has ended. It is in
 * the history, in no event list and in no statistics, and no failed test counts against the
 * circuit.
 */
public final class TestDeliveries {
  private static final String INSERT =
      """
      with tested as (
        insert into event (id, type, project_id, occurred_at, data, targets, test)
        values ($1::uuid, $2::text, $3::text, $4::text, $5::bytea, array[$6::int4], true)
      ),
      logged as (
        insert into attempt (webhook, delivery_id, n, started_at, response_code, response_time, response_body,
          response_headers, error)
        values ($6::int4, $7::uuid, 1, to_timestamp($8::int8 / 1000.0::float8), $9::int4, $10::int4, $11::text, $12::text,
          $13::text)
      )
      insert into delivery (webhook, id, event_id, event_type, status, failed, test, attempts, ended_at,
        response_code, response_time, error)
      values ($6::int4, $7::uuid, $1::uuid, $2::text,
        (case when $13::text is null then 'success' else 'failed' end)::delivery_status, $13::text is not null, true, 1,
        to_timestamp($14::int8 / 1000.0::float8), $9::int4, $10::int4, $13::text)
      """;

  private final Pool pool;
  private final DeliveryLifecycle deliveries;
  private final SettlementPolicy policy;
  private final IdGenerator ids;
  private final Clock clock;

  /**
   * What a test met.
   *
   * @param error null when the receiver accepted
   */
  public record Tested(UUID delivery, Outcome outcome, @Nullable String error) {}

  /** Tests over this pool. */
  public TestDeliveries(
      Pool pool,
      DeliveryLifecycle deliveries,
      SettlementPolicy policy,
      IdGenerator ids,
      Clock clock) {
    this.pool = pool;
    this.deliveries = deliveries;
    this.policy = policy;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Sends a test and completes when it has ended and is written down.
   *
   * @param data the JSON object that becomes {@code data}
   */
  public Future<Tested> test(Webhook webhook, String eventType, Buffer data) {
    String timestamp = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
    Event event = new Event(ids.next(), eventType, webhook.projectId(), timestamp, data);
    UUID delivery = ids.next();
    return deliveries
        .test(webhook, event, delivery)
        .compose(
            outcome -> {
              String error = outcome.isAccepted() ? null : policy.error(outcome, webhook.timeout());
              return pool.preparedQuery(INSERT)
                  .execute(parameters(webhook, event, delivery, outcome, error))
                  .map(new Tested(delivery, outcome, error));
            });
  }

  private static Tuple parameters(
      Webhook webhook, Event event, UUID delivery, Outcome outcome, @Nullable String error) {
    return Tuple.tuple()
        .addUUID(event.id())
        .addString(event.type())
        .addString(event.projectId())
        .addString(event.timestamp())
        .addBuffer(event.data())
        .addInteger(webhook.number())
        .addUUID(delivery)
        .addLong(outcome.startedAtMillis())
        .addInteger(outcome.responseCode())
        .addInteger(outcome.responseMillis())
        .addString(outcome.responseBody())
        .addString(outcome.responseHeaders())
        .addString(error)
        .addLong(outcome.endedAtMillis());
  }
}
