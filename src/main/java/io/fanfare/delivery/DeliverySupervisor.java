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
import java.util.ArrayDeque;
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
 *
 * <p>So many verticles are there at a time, and no more: further webhooks stand in a row with their
 * work until one leaves, and while some do, idle ones leave at once. What a person asks for is done
 * without standing in that row.
 */
public final class DeliverySupervisor extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DeliverySupervisor.class);
  private static final long SWEEP_MAX_MILLIS = 5_000;

  private final int number;
  private final Delivering delivering;
  private final Map<Integer, Seat> seats = new HashMap<>();
  // Circuits with a row of failures outlive their idle verticles.
  private final Map<Integer, Circuit> circuits = new HashMap<>();
  private final ArrayDeque<Integer> standing = new ArrayDeque<>();
  private final Crowd crowd = new SeatCrowd();
  private final int seatedMax;
  // Verticles that are there or on their way, without those that wait for a receiver to come back.
  private int seated;
  private volatile boolean crowded;

  /** A webhook's place: its verticle, if it is there, and what waits for it. */
  private static final class Seat {
    private final List<Consumer<DeliveryVerticle>> queue = new ArrayList<>();
    private @Nullable DeliveryVerticle verticle;
    private @Nullable Context context;
    private @Nullable String deployment;
    private boolean standing;
    private boolean blocked;
    private boolean ready;
    private boolean woken;
    private boolean deleted;
  }

  /** Hears from verticles on whatever thread. */
  private final class SeatCrowd implements Crowd {
    @Override
    public boolean isCrowded() {
      return crowded;
    }

    @Override
    public void atRest(int webhook) {
      onSeat(webhook, seat -> retire(webhook, seat, 0));
    }

    @Override
    public void blocked(int webhook) {
      onSeat(
          webhook,
          seat -> {
            if (!seat.blocked) {
              seat.blocked = true;
              seated--;
              seatStanding();
            }
          });
    }

    private void onSeat(int webhook, Consumer<Seat> work) {
      context.runOnContext(
          v -> {
            Seat seat = seats.get(webhook);
            if (seat != null && seat.ready) {
              work.accept(seat);
            }
          });
    }
  }

  /**
   * @param number index among the supervisors
   * @param seatedMax most verticles at a time
   */
  public DeliverySupervisor(int number, int seatedMax, Delivering delivering) {
    this.number = number;
    this.seatedMax = seatedMax;
    this.delivering = delivering;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().localConsumer(Addresses.supervisor(number), this::onMessage);
    long sweep = Math.min(SWEEP_MAX_MILLIS, delivering.config().idleUndeploy().toMillis() / 2);
    vertx.setPeriodic(
        sweep,
        timer -> {
          retireIdle();
          askForRoom();
        });
    return Future.succeededFuture();
  }

  private void onMessage(Message<Object> message) {
    if (message.body() instanceof HandOver handOver) {
      if (handOver.take()) {
        handOver(handOver.deliveries());
      }
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
    if (seat == null || (seat.woken && !seat.ready)) {
      return;
    }
    seat.woken = !seat.ready;
    onVerticle(seat, DeliveryVerticle::wake);
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
      seatNow(changed.webhook(), seat);
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
    seatNow(webhook, seat);
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
    seatNow(test.webhook(), seat);
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
      if (seated < seatedMax) {
        deploy(known, seat);
      } else {
        stand(webhook, seat);
      }
    }
    return seat;
  }

  private void stand(int webhook, Seat seat) {
    seat.standing = true;
    standing.add(webhook);
    if (!crowded) {
      crowded = true;
      askForRoom();
    }
  }

  private void askForRoom() {
    if (!crowded) {
      return;
    }
    for (Seat seat : seats.values()) {
      DeliveryVerticle verticle = seat.verticle;
      Context home = seat.context;
      if (seat.ready && verticle != null && home != null) {
        home.runOnContext(v -> verticle.makeRoom());
      }
    }
  }

  private void seatStanding() {
    while (seated < seatedMax && !standing.isEmpty()) {
      int webhook = standing.remove();
      Seat seat = seats.get(webhook);
      if (seat != null) {
        seatNow(webhook, seat);
      }
    }
    crowded = !standing.isEmpty();
  }

  /** Deploys one that stands, whether there is room or not. */
  private void seatNow(int webhook, Seat seat) {
    if (seat.standing) {
      seat.standing = false;
      Webhook known = delivering.index().byNumber(webhook);
      // One that was deleted meanwhile sends nothing, but lets go of what it was handed.
      deploy(webhook, known == null ? CircuitRecord.CLOSED : known.circuit(), seat);
    }
  }

  private void deploy(Webhook webhook, Seat seat) {
    deploy(webhook.number(), webhook.circuit(), seat);
  }

  private void deploy(int webhook, CircuitRecord recorded, Seat seat) {
    Circuit remembered = circuits.remove(webhook);
    Circuit circuit =
        remembered != null ? remembered : new Circuit(delivering.config().circuit(), recorded);
    DeliveryVerticle verticle = new DeliveryVerticle(webhook, number, delivering, circuit, crowd);
    seated++;
    vertx
        .deployVerticle(verticle)
        .onSuccess(
            deployment -> {
              seat.verticle = verticle;
              seat.deployment = deployment;
              seat.context = verticle.context();
              passOn(seat);
            })
        .onFailure(
            failure -> LOG.error("webhook number {} has no delivery verticle", webhook, failure));
  }

  private void passOn(Seat seat) {
    seat.ready = true;
    seat.woken = false;
    List<Consumer<DeliveryVerticle>> queued = List.copyOf(seat.queue);
    seat.queue.clear();
    queued.forEach(work -> onVerticle(seat, work));
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
              context.runOnContext(w -> retire(entry.getKey(), seat, idleMillis));
            }
          });
    }
  }

  /**
   * Asks once more on the verticle's loop, with new work queueing here meanwhile, and then lets it
   * go.
   */
  private void retire(int webhook, Seat seat, long idleMillis) {
    DeliveryVerticle verticle = seat.verticle;
    Context home = seat.context;
    String deployment = seat.deployment;
    if (!seat.ready || verticle == null || home == null || deployment == null) {
      return;
    }
    seat.ready = false;
    home.runOnContext(
        v -> {
          boolean idle = seat.deleted ? verticle.isDone() : verticle.isIdle(idleMillis);
          context.runOnContext(w -> retired(webhook, seat, verticle, deployment, idle));
        });
  }

  private void retired(
      int webhook, Seat seat, DeliveryVerticle verticle, String deployment, boolean idle) {
    if (!idle) {
      passOn(seat);
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
              if (!seat.blocked) {
                seated--;
              }
              Webhook known = delivering.index().byNumber(webhook);
              if (seat.queue.isEmpty()) {
                seats.remove(webhook);
                seatStanding();
                return;
              }
              if (known == null) {
                // Deleted meanwhile. The verticle that went sends nothing any more, but can still
                // say so to whoever waits, and let go of what was handed over.
                seats.remove(webhook);
                Context home = verticle.context();
                seat.queue.forEach(work -> home.runOnContext(v -> work.accept(verticle)));
                seatStanding();
                return;
              }
              Seat next = new Seat();
              next.queue.addAll(seat.queue);
              seats.put(webhook, next);
              deploy(known, next);
            });
  }
}
