package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.Delivery;
import io.fanfare.event.Window;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What waits in the database for one webhook: whether something is due, the page that is on its
 * way, and which rows were fetched and are not written down yet.
 *
 * <p>Used on the context of the webhook's verticle only.
 */
final class Backlog {
  private static final long RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final int webhook;
  private final Window window;
  private final Owner owner;
  private final Set<UUID> fetched = new HashSet<>();
  private boolean due;
  private boolean fetching;

  /** The webhook's verticle. */
  interface Owner {
    /** Deliveries came, with their permits. */
    void took(List<Delivery> page, int wanted);

    /** There may be something to do: something is due, or a permit came back. */
    void wake();
  }

  Backlog(Vertx vertx, int webhook, Window window, Owner owner) {
    this.vertx = vertx;
    this.webhook = webhook;
    this.window = window;
    this.owner = owner;
  }

  /** Something is due, or may be. */
  void setDue() {
    due = true;
  }

  /** Whether something may be due. */
  boolean isDue() {
    return due;
  }

  /** Whether nothing is fetched and nothing on its way. */
  boolean isAtRest() {
    return fetched.isEmpty() && !fetching;
  }

  /** Fetched rows that are not written down yet. */
  Set<UUID> fetched() {
    return Set.copyOf(fetched);
  }

  /** Whether a row was fetched and is not written down yet. */
  boolean holds(UUID delivery) {
    return fetched.contains(delivery);
  }

  /** These fetched rows are written down. */
  void recorded(List<UUID> deliveries) {
    deliveries.forEach(fetched::remove);
  }

  /** Leaves a fetched row to the database, where it still waits. */
  void forget(Delivery delivery) {
    fetched.remove(delivery.id());
    delivery.letGo();
    due = true;
  }

  /** Asks for due deliveries, as many as there is room for; one page at a time. */
  void fetch(int wanted) {
    if (fetching) {
      return;
    }
    int permits = window.holdUpTo(wanted);
    if (permits == 0) {
      window.hungry();
      // A permit may have come back in between, unseen.
      if (window.free() > 0 && window.takeHunger()) {
        vertx.runOnContext(v -> owner.wake());
      }
      return;
    }
    fetching = true;
    // Whoever wakes the webhook from now on may speak of rows that the page is too early for.
    due = false;
    long token = window.spillToken();
    vertx
        .eventBus()
        .<Page>request(
            Addresses.PAGE, new PageRequest(webhook, permits, fetched()), LocalCodec.OPTIONS)
        .map(Message::body)
        .onComplete(
            (page, failure) -> {
              fetching = false;
              if (page == null) {
                window.unused(permits);
                due = true;
                retry();
              } else {
                took(page, permits, token, wanted);
              }
            });
  }

  private void retry() {
    vertx.setTimer(
        RETRY_MILLIS,
        timer -> {
          if (due) {
            owner.wake();
          }
        });
  }

  private void took(Page page, int permits, long token, int wanted) {
    int n = page.deliveries().size();
    window.unused(permits - n);
    if (n == 0) {
      // Where a flush has spilled since, its commit wakes this webhook again.
      window.stopSpilling(token);
      if (due) {
        owner.wake();
      }
      return;
    }
    due |= n == permits || window.isSpilling();
    List<Delivery> deliveries = new ArrayList<>(n);
    for (Page.Due row : page.deliveries()) {
      window.fetched(row.event().data().length());
      fetched.add(row.id());
      deliveries.add(
          new Delivery(webhook, row.id(), row.event(), row.attempts(), row.probes(), null, window));
    }
    owner.took(deliveries, wanted);
  }
}
