package io.fanfare.schedule;

import io.fanfare.failpoint.Failpoint;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;

/**
 * Makes due what an earlier process held in its memory: every pending delivery between its mark and
 * the first id of this process that waits for nothing. The oldest come first, a page a statement,
 * beside the work of this process, so that the first of them leaves at once however many there are.
 *
 * <p>Until it is done the mark must stay where the earlier process left it: then a crash in between
 * loses nothing, the next process begins there again.
 */
final class Recovery {
  /** Some 30 ms of PostgreSQL's time. */
  private static final int PAGE = 1_000;

  /** Most deliveries in memory at a time, as keys of 32 bytes. */
  private static final int LIST_MAX = 100_000;

  /** That of every statement which changes many rows: two of them lock theirs in one order. */
  private static final Comparator<ScheduleStore.Key> KEY_ORDER =
      Comparator.comparingInt(ScheduleStore.Key::webhook)
          .thenComparing(ScheduleStore.Key::id, IdGenerator.ORDER);

  private final Pool pool;
  private final Fence fence;
  private final UUID from;
  private final UUID before;
  private final IntConsumer dueNow;
  private int recovered;

  /**
   * @param from mark of the earlier process
   * @param before an id of this process that is smaller than that of any delivery it has made
   * @param dueNow told the number of each webhook that has something due now
   */
  Recovery(Pool pool, Fence fence, UUID from, UUID before, IntConsumer dueNow) {
    this.pool = pool;
    this.fence = fence;
    this.from = from;
    this.before = before;
    this.dueNow = dueNow;
  }

  /**
   * Completes with how many deliveries are due now, those of earlier runs included. After a failure
   * it can be run again, and goes on where it was.
   */
  Future<Integer> run() {
    return pool.withTransaction(
            connection ->
                new ScheduleStore(connection, fence).heldByEarlier(from, before, LIST_MAX))
        .compose(
            held ->
                pages(held, 0)
                    .compose(
                        done ->
                            held.size() < LIST_MAX ? Future.succeededFuture(recovered) : run()));
  }

  private Future<Void> pages(List<ScheduleStore.Key> held, int begin) {
    if (begin >= held.size()) {
      return Future.succeededFuture();
    }
    int end = Math.min(held.size(), begin + PAGE);
    List<ScheduleStore.Key> page = held.subList(begin, end).stream().sorted(KEY_ORDER).toList();
    return new ScheduleStore(pool, fence)
        .makeDue(page)
        .compose(
            made -> {
              recovered += made;
              Failpoint.RECOVERY_MID.hit();
              page.forEach(key -> dueNow.accept(key.webhook()));
              return pages(held, end);
            });
  }
}
