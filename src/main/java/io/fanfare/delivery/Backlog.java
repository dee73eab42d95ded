package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import io.fanfare.event.Window;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What waits in the database for one webhook: whether something is due, the page that is on its
 * way, and which rows were fetched and are not written down yet.
 *
 * <p>Used on the context of the webhook's verticle only. Knows nothing of Vert.x, so that a model
 * can drive it.
 */
final class Backlog {
  private static final long RETRY_MILLIS = 1_000;

  private final int webhook;
  private final Window window;
  private final Owner owner;
  private final Set<UUID> fetched = new HashSet<>();
  private boolean due;
  private boolean fetching;

  /** The webhook's verticle. */
  interface Owner {
    /** Deliveries came, with their permits; or none, where none was due. */
    void took(List<Delivery> page, int wanted);

    /** There may be something to do: something is due, or a permit came back. */
    void wake();

    /** Asks the schedule; completes in another turn of the verticle's loop. */
    Future<Page> ask(PageRequest request);

    /** Runs a step in another turn of the verticle's loop, not before so many milliseconds. */
    void later(long millis, Runnable step);
  }

  Backlog(int webhook, Window window, Owner owner) {
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
        owner.later(0, owner::wake);
      }
      return;
    }
    fetching = true;
    // Whoever wakes the webhook from now on may speak of rows that the page is too early for.
    due = false;
    long token = window.spillToken();
    owner
        .ask(new PageRequest(webhook, permits, fetched()))
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
    owner.later(
        RETRY_MILLIS,
        () -> {
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
      } else {
        owner.took(List.of(), wanted);
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
