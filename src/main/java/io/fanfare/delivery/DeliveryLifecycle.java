package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.Event;
import io.fanfare.schedule.Wake;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookLifecycle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Carries changes of webhooks, and tests, to the supervisors. */
public final class DeliveryLifecycle implements WebhookLifecycle {
  // Longer than the longest timeout of a webhook, 120 s.
  private static final long TEST_TIMEOUT_MILLIS = 150_000;
  private static final long STANDING_TIMEOUT_MILLIS = 2_000;
  private static final DeliveryOptions STANDING_OPTIONS =
      new DeliveryOptions(LocalCodec.OPTIONS).setSendTimeout(STANDING_TIMEOUT_MILLIS);

  private final Vertx vertx;
  private final int loops;

  /**
   * @param loops how many supervisors, and ingest verticles, there are
   */
  public DeliveryLifecycle(Vertx vertx, int loops) {
    this.vertx = vertx;
    this.loops = loops;
  }

  @Override
  public Future<Void> changed(Webhook before, Webhook after, boolean closeCircuit) {
    boolean activated = after.active() && !before.active();
    return ask(new Control.Changed(after.number(), activated, closeCircuit), LocalCodec.OPTIONS)
        .mapEmpty();
  }

  /**
   * The webhook has left the index, so no new flush matches it. Flushes that matched before are
   * waited for; their deliveries then meet a supervisor that knows of the deletion, and has the
   * schedule end what waits.
   */
  @Override
  public Future<Void> deleted(Webhook webhook) {
    List<Future<?>> barriers = new ArrayList<>();
    for (int i = 0; i < loops; i++) {
      barriers.add(vertx.eventBus().request(Addresses.ingestBarrier(i), null));
    }
    return Future.all(barriers)
        .compose(v -> ask(new Control.Deleted(webhook.number()), LocalCodec.OPTIONS))
        .mapEmpty();
  }

  @Override
  public void marked(Webhook webhook) {
    // Whoever is woken for a webhook that is deleted has what waits ended.
    vertx
        .eventBus()
        .send(
            Addresses.supervisor(webhook.number() % loops),
            new Wake(webhook.number()),
            LocalCodec.OPTIONS);
  }

  /** Makes one attempt at once and completes with what it met. */
  public Future<Outcome> test(Webhook webhook, Event event, UUID delivery) {
    return ask(
            new Control.Test(webhook.number(), event, delivery),
            new DeliveryOptions(LocalCodec.OPTIONS).setSendTimeout(TEST_TIMEOUT_MILLIS))
        .map(message -> (Outcome) message.body());
  }

  /** Where a delivery of a webhook stands in memory, at this moment. */
  public Future<Standing> standing(int webhook, UUID delivery) {
    return ask(new Control.Stand(webhook, delivery), STANDING_OPTIONS)
        .map(message -> (Standing) message.body());
  }

  private Future<Message<Object>> ask(Control control, DeliveryOptions options) {
    return vertx
        .eventBus()
        .request(Addresses.supervisor(control.webhook() % loops), control, options);
  }
}
