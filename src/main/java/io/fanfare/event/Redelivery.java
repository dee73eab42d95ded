package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.database.FateUnknownException;
import io.fanfare.database.Writer;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Makes a new delivery of an event that was delivered before. It is written as waiting and due at
 * once, and the schedule fetches it like any other: nothing of it is held in memory only, so no
 * crash can lose it.
 */
public final class Redelivery {
  private static final String INSERT =
      """
      with fence as (select 1 from node where epoch = $1::int8),
      made as (
        insert into delivery (webhook, id, event_id, event_type, status, due_at)
        select $2::int4, $3::uuid, e.id, e.type, 'pending', now() from event e, fence where e.id = $4::uuid
        returning event_type
      ),
      link as (
        insert into redelivery (event_id, delivery_id, webhook, original_id)
        select $4::uuid, $3::uuid, $2::int4, $5::uuid from made
      ),
      counts as (
        insert into stat_delta (webhooks, types, accepted_hours, statuses, ended_millis, response_millis)
        select array[$2::int4], array[event_type], array[$6::int8], array[0::int2], array[0::int8], array[-1] from made
      )
      select (select count(*) from fence)::int4, (select count(*) from made)::int4
      """;

  private static final String IS_COMMITTED =
      "select from delivery where webhook = $1::int4 and id = $2::uuid";

  // A database that lives tells a fate within some round trips.
  private static final long PATIENCE_MILLIS = 2_000;

  private final Vertx vertx;
  private final Writer writer;
  private final Pool lookups;
  private final Fence fence;
  private final IdGenerator ids;
  private final Clock clock;

  /** What was made. */
  public record Made(UUID id, long scheduledAtMillis) {}

  /** The event is not kept any more. */
  public static final class EventGoneException extends Exception {
    private static final long serialVersionUID = 1L;

    EventGoneException() {
      super("the event is not kept any more");
    }
  }

  /**
   * Makes redeliveries.
   *
   * @param lookups for asking whether one was committed
   */
  public Redelivery(
      Vertx vertx, Writer writer, Pool lookups, Fence fence, IdGenerator ids, Clock clock) {
    this.vertx = vertx;
    this.writer = writer;
    this.lookups = lookups;
    this.fence = fence;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * A new delivery of the event; fails with {@link EventGoneException} where retention has dropped
   * the event.
   */
  public Future<Made> redeliver(int webhook, UUID event, UUID original) {
    UUID id = ids.next();
    long hour = IdGenerator.millis(id) / 3_600_000L;
    long now = clock.millis();
    return writer
        .execute(INSERT, Tuple.of(fence.epoch(), webhook, id, event, original, hour))
        .compose(
            rows -> {
              var row = rows.iterator().next();
              if (row.getInteger(0) == 0) {
                fence.lost();
                return Future.failedFuture(new Fence.LostException());
              }
              if (row.getInteger(1) == 0) {
                return Future.failedFuture(new EventGoneException());
              }
              Failpoint.REDELIVER_AFTER_INSERT.hit();
              tellWaiting(webhook, now);
              return Future.succeededFuture(new Made(id, now));
            })
        .recover(
            failure ->
                failure instanceof FateUnknownException unknown
                    ? settled(webhook, new Made(id, now), unknown)
                    : Future.failedFuture(failure));
  }

  /** Whatever is answered: once the database has it, the schedule must hear of it. */
  private Future<Made> settled(int webhook, Made made, FateUnknownException unknown) {
    return writer
        .settleFate(unknown)
        .compose(v -> writer.ask(() -> isCommitted(webhook, made.id())))
        .onSuccess(
            committed -> {
              if (committed) {
                tellWaiting(webhook, made.scheduledAtMillis());
              }
            })
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .compose(
            committed -> committed ? Future.succeededFuture(made) : Future.failedFuture(unknown));
  }

  private Future<Boolean> isCommitted(int webhook, UUID id) {
    return lookups
        .preparedQuery(IS_COMMITTED)
        .execute(Tuple.of(webhook, id))
        .map(rows -> rows.size() == 1);
  }

  private void tellWaiting(int webhook, long dueAtMillis) {
    vertx
        .eventBus()
        .send(
            Addresses.WAITING,
            new Waiting(new int[] {webhook}, new long[] {dueAtMillis}),
            LocalCodec.OPTIONS);
  }
}
