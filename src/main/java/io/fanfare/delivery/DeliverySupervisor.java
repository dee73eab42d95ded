package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.Delivery;
import io.fanfare.event.HandOver;
import io.fanfare.event.Waiting;
import io.fanfare.event.Window;
import io.fanfare.schedule.Deleted;
import io.fanfare.schedule.Wake;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the webhooks whose number modulo the number of supervisors is its own: deploys a {@link
 * DeliveryVerticle} when one has work, hands on what comes for it, and undeploys it when it has
 * been idle.
 *
 * <pre>
 *             first work              deployed            idle
 *   (absent) ───────────► DEPLOYING ───────────► READY ───────────► RETIRING ──► (absent)
 *      ▲                  work queues            work is passed on   work queues │
 *      └────────────────────────────────── redeployed if work came ◄─────────────┘
 * </pre>
 *
 * All of that happens on this verticle's context, so a hand-over cannot meet a verticle on its way
 * out.
 */
public final class DeliverySupervisor extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DeliverySupervisor.class);
  private static final long SWEEP_MAX_MILLIS = 5_000;

  private final int number;
  private final Delivering delivering;
  private final Map<Integer, Seat> seats = new HashMap<>();
  // Circuits with a row of failures outlive their idle verticles.
  private final Map<Integer, Circuit> circuits = new HashMap<>();

  /** A webhook's place: its verticle, if it is there, and what waits for it. */
  private static final class Seat {
    private final List<Consumer<DeliveryVerticle>> queue = new ArrayList<>();
    private @Nullable DeliveryVerticle verticle;
    private @Nullable Context context;
    private @Nullable String deployment;
    private boolean ready;
    private boolean deleted;
  }

  /**
   * @param number index among the supervisors
   */
  public DeliverySupervisor(int number, Delivering delivering) {
    this.number = number;
    this.delivering = delivering;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().localConsumer(Addresses.supervisor(number), this::onMessage);
    long sweep = Math.min(SWEEP_MAX_MILLIS, delivering.config().idleUndeploy().toMillis() / 2);
    vertx.setPeriodic(sweep, timer -> retireIdle());
    return Future.succeededFuture();
  }

  private void onMessage(Message<Object> message) {
    if (message.body() instanceof HandOver handOver) {
      handOver(handOver.deliveries());
      message.reply(null);
    } else if (message.body() instanceof Wake wake) {
      wake(wake.webhook());
    } else if (message.body() instanceof Recorded recorded) {
      Seat seat = seats.get(recorded.webhook());
      if (seat != null) {
        onVerticle(seat, verticle -> verticle.recorded(recorded.deliveries()));
      }
    } else if (message.body() instanceof Control.Changed changed) {
      changed(changed, message);
    } else if (message.body() instanceof Control.Deleted deleted) {
      deleted(deleted.webhook(), message);
    } else if (message.body() instanceof Control.Test test) {
      test(test, message);
    } else if (message.body() instanceof Control.Stand stand) {
      stand(stand, message);
    }
  }

  private void handOver(List<Delivery> deliveries) {
    Map<Integer, List<Delivery>> byWebhook = new LinkedHashMap<>();
    for (Delivery delivery : deliveries) {
      byWebhook.computeIfAbsent(delivery.webhook(), n -> new ArrayList<>()).add(delivery);
    }
    // One hop per other loop, not one per webhook.
    Map<Context, List<Runnable>> hops = new HashMap<>();
    byWebhook.forEach(
        (webhook, own) -> {
          Seat seat = seat(webhook);
          if (seat == null) {
            own.forEach(this::reportDeleted);
          } else if (seat.ready && seat.verticle != null && seat.context != null) {
            DeliveryVerticle verticle = seat.verticle;
            hops.computeIfAbsent(seat.context, c -> new ArrayList<>())
                .add(() -> verticle.accept(own));
          } else {
            seat.queue.add(verticle -> verticle.accept(own));
          }
        });
    hops.forEach((target, work) -> target.runOnContext(v -> work.forEach(Runnable::run)));
  }

  private void wake(int webhook) {
    Webhook known = delivering.index().byNumber(webhook);
    if (known == null) {
      // It was just marked deleted, or an outcome or a redelivery was committed later than that.
      endWaiting(webhook, seats.get(webhook));
      return;
    }
    if (!known.active()) {
      // Its rows wait until it is active again.
      return;
    }
    Seat seat = seat(webhook);
    if (seat != null) {
      onVerticle(seat, DeliveryVerticle::wake);
    }
  }

  /** Has the schedule end what waits of a deleted webhook, but for what is in memory. */
  private void endWaiting(int webhook, @Nullable Seat seat) {
    if (seat == null) {
      tellDeleted(webhook, Set.of());
    } else {
      onVerticle(seat, verticle -> tellDeleted(webhook, verticle.held()));
    }
  }

  private void tellDeleted(int webhook, Set<UUID> held) {
    vertx.eventBus().send(Addresses.DELETED, new Deleted(webhook, held), LocalCodec.OPTIONS);
  }

  private void changed(Control.Changed changed, Message<Object> message) {
    Seat seat = seats.get(changed.webhook());
    if (seat != null) {
      onVerticle(
          seat,
          verticle -> {
            verticle.changed(changed.closeCircuit());
            message.reply(null);
          });
      return;
    }
    Webhook webhook = delivering.index().byNumber(changed.webhook());
    Window window = delivering.windows().of(changed.webhook());
    window.shut(webhook == null || !webhook.active());
    if (changed.closeCircuit()) {
      circuits.remove(changed.webhook());
      delivering.listener().circuit(changed.webhook(), CircuitRecord.CLOSED);
    }
    if (changed.activated()) {
      vertx
          .eventBus()
          .send(
              Addresses.WAITING,
              new Waiting(new int[] {changed.webhook()}, new long[] {delivering.clock().millis()}),
              LocalCodec.OPTIONS);
    }
    message.reply(null);
  }

  private void deleted(int webhook, Message<Object> message) {
    circuits.remove(webhook);
    Seat seat = seats.get(webhook);
    if (seat == null) {
      delivering.windows().remove(webhook);
      message.reply(null);
      return;
    }
    seat.deleted = true;
    onVerticle(
        seat,
        verticle -> {
          verticle.deleted();
          message.reply(null);
        });
  }

  private void test(Control.Test test, Message<Object> message) {
    Seat seat = seat(test.webhook());
    if (seat == null) {
      message.fail(404, "the webhook is deleted");
      return;
    }
    onVerticle(
        seat,
        verticle ->
            verticle
                .test(test.event(), test.delivery())
                .onComplete(
                    (outcome, failure) -> {
                      if (outcome != null) {
                        message.reply(outcome, LocalCodec.OPTIONS);
                      } else {
                        message.fail(404, String.valueOf(failure));
                      }
                    }));
  }

  /** Deploys nothing: what has no verticle has nothing in memory. */
  private void stand(Control.Stand stand, Message<Object> message) {
    Seat seat = seats.get(stand.webhook());
    if (seat == null) {
      message.reply(Standing.ABSENT, LocalCodec.OPTIONS);
    } else {
      onVerticle(
          seat, verticle -> message.reply(verticle.standing(stand.delivery()), LocalCodec.OPTIONS));
    }
  }

  private void reportDeleted(Delivery delivery) {
    vertx.eventBus().send(Addresses.outcome(number), Report.deleted(delivery), LocalCodec.OPTIONS);
  }

  /** The webhook's seat, its verticle deployed or on its way; null if the webhook is deleted. */
  private @Nullable Seat seat(int webhook) {
    Seat seat = seats.get(webhook);
    if (seat == null) {
      Webhook known = delivering.index().byNumber(webhook);
      if (known == null) {
        return null;
      }
      seat = new Seat();
      seats.put(webhook, seat);
      deploy(known, seat);
    }
    return seat;
  }

  private void deploy(Webhook webhook, Seat seat) {
    Circuit remembered = circuits.remove(webhook.number());
    Circuit circuit =
        remembered != null
            ? remembered
            : new Circuit(delivering.config().circuit(), webhook.circuit());
    DeliveryVerticle verticle = new DeliveryVerticle(webhook.number(), number, delivering, circuit);
    vertx
        .deployVerticle(verticle)
        .onSuccess(
            deployment -> {
              seat.verticle = verticle;
              seat.deployment = deployment;
              seat.context = verticle.context();
              seat.ready = true;
              List<Consumer<DeliveryVerticle>> queued = List.copyOf(seat.queue);
              seat.queue.clear();
              queued.forEach(work -> onVerticle(seat, work));
            })
        .onFailure(
            failure -> LOG.error("{} has no delivery verticle", webhook.publicId(), failure));
  }

  private void onVerticle(Seat seat, Consumer<DeliveryVerticle> work) {
    if (seat.ready && seat.verticle != null && seat.context != null) {
      DeliveryVerticle verticle = seat.verticle;
      seat.context.runOnContext(v -> work.accept(verticle));
    } else {
      seat.queue.add(work);
    }
  }

  private void retireIdle() {
    long idleMillis = delivering.config().idleUndeploy().toMillis();
    for (Map.Entry<Integer, Seat> entry : List.copyOf(seats.entrySet())) {
      Seat seat = entry.getValue();
      DeliveryVerticle verticle = seat.verticle;
      Context home = seat.context;
      if (!seat.ready || verticle == null || home == null) {
        continue;
      }
      home.runOnContext(
          v -> {
            if (seat.deleted ? verticle.isDone() : verticle.isIdle(idleMillis)) {
              context.runOnContext(w -> retire(entry.getKey(), seat));
            }
          });
    }
  }

  /**
   * Asks once more on the verticle's loop, with new work queueing here meanwhile, and then lets it
   * go.
   */
  private void retire(int webhook, Seat seat) {
    DeliveryVerticle verticle = seat.verticle;
    Context home = seat.context;
    String deployment = seat.deployment;
    if (!seat.ready || verticle == null || home == null || deployment == null) {
      return;
    }
    seat.ready = false;
    home.runOnContext(
        v -> {
          boolean idle =
              seat.deleted
                  ? verticle.isDone()
                  : verticle.isIdle(delivering.config().idleUndeploy().toMillis());
          context.runOnContext(w -> retired(webhook, seat, verticle, deployment, idle));
        });
  }

  private void retired(
      int webhook, Seat seat, DeliveryVerticle verticle, String deployment, boolean idle) {
    if (!idle) {
      seat.ready = true;
      List<Consumer<DeliveryVerticle>> queued = List.copyOf(seat.queue);
      seat.queue.clear();
      queued.forEach(work -> onVerticle(seat, work));
      return;
    }
    vertx
        .undeploy(deployment)
        .onComplete(
            done -> {
              if (seat.deleted) {
                delivering.windows().remove(webhook);
              } else if (verticle.circuit().hasFailures()) {
                circuits.put(webhook, verticle.circuit());
              }
              Webhook known = delivering.index().byNumber(webhook);
              if (seat.queue.isEmpty()) {
                seats.remove(webhook);
                return;
              }
              if (known == null) {
                // Deleted meanwhile. The verticle that went sends nothing any more, but can still
                // say so to whoever waits, and let go of what was handed over.
                seats.remove(webhook);
                Context home = verticle.context();
                seat.queue.forEach(work -> home.runOnContext(v -> work.accept(verticle)));
                return;
              }
              Seat next = new Seat();
              next.queue.addAll(seat.queue);
              seats.put(webhook, next);
              deploy(known, next);
            });
  }
}
