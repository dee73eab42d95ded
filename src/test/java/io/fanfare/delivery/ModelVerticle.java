package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.event.Delivery;
import io.fanfare.event.Window;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A webhook's verticle around the real {@link Backlog} and {@link Window}; the receiver's too. */
final class ModelVerticle implements Backlog.Owner {
  private static final int CONCURRENCY = 2;
  private static final int PAGE = 3;

  private final int webhook;
  private final ModelProcess process;
  private final Window window;
  private final Backlog backlog;
  private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
  private final List<Delivery> inFlight = new ArrayList<>();
  private boolean blocked;

  ModelVerticle(int webhook, ModelProcess process) {
    this.webhook = webhook;
    this.process = process;
    this.window = process.windows.of(webhook);
    this.backlog = new Backlog(webhook, window, this);
  }

  void accept(List<Delivery> deliveries) {
    if (blocked) {
      deliveries.forEach(process.outcomes::released);
    } else {
      waiting.addAll(deliveries);
      pump();
    }
  }

  @Override
  public void wake() {
    backlog.setDue();
    pump();
  }

  void recorded(List<UUID> ids) {
    backlog.recorded(ids);
    pump();
  }

  boolean isIdle() {
    return inFlight.isEmpty()
        && waiting.isEmpty()
        && backlog.isAtRest()
        && !backlog.isDue()
        && !blocked;
  }

  /** The circuit opens or closes. */
  void block(boolean value) {
    if (blocked == value) {
      return;
    }
    blocked = value;
    window.shut(value);
    if (value) {
      waiting.forEach(process.outcomes::released);
      waiting.clear();
    } else {
      backlog.setDue();
      pump();
    }
  }

  /** One attempt ends in some way. */
  void attemptEnds() {
    if (!inFlight.isEmpty()) {
      Delivery delivery = inFlight.remove(process.random.nextInt(inFlight.size()));
      process.outcomes.attempted(delivery);
      pump();
    }
  }

  boolean isSending() {
    return !inFlight.isEmpty();
  }

  private void pump() {
    while (!waiting.isEmpty() && !blocked && inFlight.size() < CONCURRENCY) {
      Delivery delivery = waiting.remove();
      assertThat(process.database.row(delivery.id()).pending)
          .as("%s is sent although its outcome is recorded", delivery.id())
          .isTrue();
      inFlight.add(delivery);
    }
    if (backlog.isDue() && !blocked && waiting.isEmpty()) {
      backlog.fetch(PAGE);
    }
  }

  @Override
  public void took(List<Delivery> page, int wanted) {
    page.forEach(process.holdings::hold);
    accept(page);
  }

  @Override
  public Future<Page> ask(PageRequest request) {
    process.holdings.page(webhook, request.limit());
    return process
        .schedule
        .page(request)
        // The permits are the deliveries' from here on, or given back; the model counts them there.
        .onComplete(page -> process.holdings.page(webhook, -request.limit()));
  }

  @Override
  public void later(long millis, Runnable step) {
    if (millis == 0) {
      process.mail.post(ModelMail.verticle(webhook), step);
    } else {
      process.mail.at(
          process.clock.millis() + millis,
          () -> process.mail.post(ModelMail.verticle(webhook), step));
    }
  }
}
