package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.failpoint.Failpoint;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Passes on what a flush has committed: to memory where there were permits, to the schedule where
 * there were none.
 */
public final class FlushHandOver {
  private final Vertx vertx;
  private final int supervisors;
  private final Clock clock;
  private final Consumer<List<Delivery>> giveBack;

  /**
   * @param supervisors how many there are; a webhook belongs to the one with its number modulo this
   * @param giveBack takes deliveries that no supervisor acknowledged, and writes them down as
   *     waiting
   */
  public FlushHandOver(
      Vertx vertx, int supervisors, Clock clock, Consumer<List<Delivery>> giveBack) {
    this.vertx = vertx;
    this.supervisors = supervisors;
    this.clock = clock;
    this.giveBack = giveBack;
  }

  void handOver(FlushCommit.Committed committed) {
    Failpoint.INGEST_BEFORE_HAND_OVER.hit();
    List<List<Delivery>> bySupervisor = new ArrayList<>(supervisors);
    for (int i = 0; i < supervisors; i++) {
      bySupervisor.add(new ArrayList<>());
    }
    for (Delivery delivery : committed.direct()) {
      bySupervisor.get(delivery.webhook() % supervisors).add(delivery);
    }
    for (int i = 0; i < supervisors; i++) {
      List<Delivery> deliveries = bySupervisor.get(i);
      if (!deliveries.isEmpty()) {
        HandOver message = new HandOver(deliveries);
        vertx
            .eventBus()
            .request(Addresses.supervisor(i), message, LocalCodec.OPTIONS)
            .onFailure(
                unacknowledged -> {
                  if (message.take()) {
                    giveBack.accept(deliveries);
                  }
                });
      }
    }
    tellWaiting(committed.spilled());
  }

  private void tellWaiting(List<Flush.Target> spilled) {
    if (spilled.isEmpty()) {
      return;
    }
    Set<Integer> numbers = new LinkedHashSet<>();
    spilled.forEach(target -> numbers.add(target.webhook()));
    int[] webhooks = numbers.stream().mapToInt(Integer::intValue).toArray();
    long[] dueAt = new long[webhooks.length];
    java.util.Arrays.fill(dueAt, clock.millis());
    vertx.eventBus().send(Addresses.WAITING, new Waiting(webhooks, dueAt), LocalCodec.OPTIONS);
  }
}
