package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import io.fanfare.event.HandOver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The supervisor with its seats, as {@link DeliverySupervisor} draws them. */
final class ModelSupervisor {
  private final ModelProcess process;
  private final Map<Integer, Seat> seats = new TreeMap<>();

  private static final class Seat {
    private final List<Consumer<ModelVerticle>> queue = new ArrayList<>();
    private @Nullable ModelVerticle verticle;
    private boolean ready;
  }

  ModelSupervisor(ModelProcess process) {
    this.process = process;
  }

  /** The verticles that are there. */
  List<ModelVerticle> verticles() {
    List<ModelVerticle> all = new ArrayList<>();
    for (Seat seat : seats.values()) {
      if (seat.ready && seat.verticle != null) {
        all.add(seat.verticle);
      }
    }
    return all;
  }

  void handOver(HandOver handOver) {
    if (!handOver.take()) {
      return;
    }
    Map<Integer, List<Delivery>> byWebhook = new LinkedHashMap<>();
    handOver
        .deliveries()
        .forEach(d -> byWebhook.computeIfAbsent(d.webhook(), w -> new ArrayList<>()).add(d));
    byWebhook.forEach((webhook, own) -> onVerticle(webhook, v -> v.accept(own)));
  }

  void wake(int webhook) {
    onVerticle(webhook, ModelVerticle::wake);
  }

  void recorded(int webhook, List<UUID> ids) {
    if (seats.containsKey(webhook)) {
      onVerticle(webhook, v -> v.recorded(ids));
    }
  }

  /** Lets an idle verticle go: asked on its context, with new work queueing here meanwhile. */
  void retire(int webhook) {
    Seat seat = seats.get(webhook);
    if (seat == null || !seat.ready || seat.verticle == null) {
      return;
    }
    ModelVerticle verticle = seat.verticle;
    seat.ready = false;
    process.mail.post(
        ModelMail.verticle(webhook),
        () -> {
          boolean idle = verticle.isIdle();
          process.mail.post(ModelMail.SUPERVISOR, () -> retired(webhook, seat, idle));
        });
  }

  private void retired(int webhook, Seat seat, boolean idle) {
    if (!idle) {
      ready(webhook, seat);
      return;
    }
    process.mail.post(
        ModelMail.SUPERVISOR,
        () -> {
          seats.remove(webhook);
          if (!seat.queue.isEmpty()) {
            seat(webhook).queue.addAll(seat.queue);
          }
        });
  }

  private void onVerticle(int webhook, Consumer<ModelVerticle> work) {
    Seat seat = seat(webhook);
    ModelVerticle verticle = seat.verticle;
    if (seat.ready && verticle != null) {
      process.mail.post(ModelMail.verticle(webhook), () -> work.accept(verticle));
    } else {
      seat.queue.add(work);
    }
  }

  private Seat seat(int webhook) {
    Seat known = seats.get(webhook);
    if (known != null) {
      return known;
    }
    Seat seat = new Seat();
    seats.put(webhook, seat);
    process.mail.post(
        ModelMail.SUPERVISOR,
        () -> {
          seat.verticle = new ModelVerticle(webhook, process);
          ready(webhook, seat);
        });
    return seat;
  }

  private void ready(int webhook, Seat seat) {
    seat.ready = true;
    List<Consumer<ModelVerticle>> queued = List.copyOf(seat.queue);
    seat.queue.clear();
    queued.forEach(work -> onVerticle(webhook, work));
  }
}
