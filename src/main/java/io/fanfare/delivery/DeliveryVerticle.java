package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.event.Window;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.fanfare.trace.Trace;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Delivers for one webhook: decides what is sent when, and what its circuit lets through. What is
 * in memory waits here for its turn; {@link Backlog} knows what waits in the database, {@link
 * Sender} makes the attempts. One receiver's trouble stays in here.
 *
 * <pre>
 *  hand-over ─┐
 *             ├─► waiting ─(concurrency, slot, circuit closed)─► attempt ─► report to the outcome verticle
 *  page ──────┘      │
 *   ▲                └─(circuit opens, webhook inactive)─► released: waits in the database
 *   └── while deliveries are due and there is room
 * </pre>
 *
 * All methods run on the verticle's own context.
 */
final class DeliveryVerticle extends VerticleBase implements Backlog.Owner {
  private static final long FENCE_CHECK_MILLIS = 200;

  private final int number;
  private final int supervisor;
  private final Delivering delivering;
  private final Circuit circuit;
  private final Crowd crowd;
  private final Window window;
  private final Concurrency concurrency;

  private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
  private DeliveryLoop loop;
  private Sender sender;
  private Backlog backlog;
  private int inFlight;
  private boolean waitingForSlot;
  private boolean stopped;
  private @Nullable Promise<Void> drained;
  private long probeTimer = -1;
  private long fenceTimer = -1;
  private long idleSince;

  /**
   * @param circuit as it is known: from the database, or from an earlier verticle of the webhook
   * @param crowd is told when the verticle may leave
   */
  @SuppressWarnings("NullAway.Init") // the loop and what lives on it are known at start
  DeliveryVerticle(
      int number, int supervisor, Delivering delivering, Circuit circuit, Crowd crowd) {
    this.number = number;
    this.crowd = crowd;
    this.supervisor = supervisor;
    this.delivering = delivering;
    this.circuit = circuit;
    this.window = delivering.windows().of(number);
    this.concurrency = new Concurrency(delivering.config().concurrency());
  }

  @Override
  public Future<?> start() {
    loop = delivering.loops().of(context);
    sender = new Sender(context, delivering, loop);
    backlog = new Backlog(number, window, this);
    idleSince = delivering.clock().millis();
    if (circuit.state() != Circuit.State.CLOSED) {
      window.shut(true);
      sender.openBreaker();
      awaitProbe();
    }
    return Future.succeededFuture();
  }

  /**
   * Starts no more attempts and waits for those in flight. What waits is found again at the next
   * start.
   */
  @Override
  public Future<?> stop() {
    stopped = true;
    for (long timer : new long[] {probeTimer, fenceTimer}) {
      if (timer >= 0) {
        vertx.cancelTimer(timer);
      }
    }
    Promise<Void> promise = Promise.promise();
    drained = promise;
    if (inFlight == 0) {
      endDraining(promise);
    } else {
      vertx.eventBus().localConsumer(Addresses.HURRY, message -> endDraining(promise));
      long limit = Math.max(1, delivering.config().drainTimeout().toMillis());
      vertx.setTimer(limit, timer -> endDraining(promise));
    }
    return promise.future();
  }

  /** The outcome verticle closes next, and must have been told of every attempt before. */
  private void endDraining(Promise<Void> promise) {
    if (!promise.future().isComplete()) {
      loop.outbox().send();
      sender.end();
      promise.complete();
    }
  }

  /** Where this verticle lives. */
  Context context() {
    return context;
  }

  /** The webhook's circuit, for a verticle that follows. */
  Circuit circuit() {
    return circuit;
  }

  /** Takes deliveries that are committed and hold permits. */
  void accept(List<Delivery> deliveries) {
    if (isBlocked()) {
      deliveries.forEach(this::release);
      makeRoom();
      return;
    }
    waiting.addAll(deliveries);
    pump();
  }

  /** Deliveries wait in the database, or there is room again. */
  @Override
  public void wake() {
    backlog.setDue();
    if (circuit.state() == Circuit.State.OPEN) {
      probe();
    } else {
      pump();
    }
  }

  /** These fetched rows are written down. */
  void recorded(List<UUID> deliveries) {
    backlog.recorded(deliveries);
    pump();
  }

  /**
   * The webhook was changed: a new URL or an activation closes the circuit; inactive ones give back
   * what they hold.
   */
  void changed(boolean closeCircuit) {
    sender.forgetReceiver();
    if (closeCircuit && circuit.state() != Circuit.State.CLOSED) {
      closed(Circuit.State.OPEN, circuit.close());
      persistCircuit();
    }
    Webhook webhook = delivering.index().byNumber(number);
    boolean active = webhook != null && webhook.active();
    window.shut(!active || circuit.state() != Circuit.State.CLOSED);
    if (!active) {
      releaseWaiting();
    } else {
      wake();
    }
  }

  /** The webhook is deleted: no attempt starts any more; those in flight end, and are recorded. */
  void deleted() {
    stopped = true;
    while (!waiting.isEmpty()) {
      report(Report.deleted(waiting.poll()));
    }
  }

  /** Fetched rows whose outcome is not written down yet. */
  Set<UUID> held() {
    return backlog.fetched();
  }

  /** Where a delivery stands; searches what waits here, which is at most a window. */
  Standing standing(UUID delivery) {
    int ahead = 0;
    int place = Standing.NOT_WAITING;
    for (Delivery other : waiting) {
      if (other.id().equals(delivery)) {
        place = ahead;
        break;
      }
      ahead++;
    }
    return new Standing(
        circuit.toRecord(), place, backlog.holds(delivery), inFlight, concurrency.limit());
  }

  /** Whether a deleted webhook's last attempt has ended and is written down. */
  boolean isDone() {
    return inFlight == 0 && backlog.fetched().isEmpty();
  }

  /** Whether the verticle has been of no use for this long. */
  boolean isIdle(long forMillis) {
    boolean busy =
        inFlight > 0
            || !waiting.isEmpty()
            || !backlog.isAtRest()
            || waitingForSlot
            || fenceTimer >= 0
            || (backlog.isDue() && isActive())
            || circuit.state() != Circuit.State.CLOSED;
    long now = delivering.clock().millis();
    if (busy) {
      idleSince = now;
    }
    return !busy && now - idleSince >= forMillis;
  }

  /** Makes one attempt at once, through an open circuit, for somebody who waits for its outcome. */
  Future<Outcome> test(Event event, UUID id) {
    Webhook webhook = delivering.index().byNumber(number);
    if (webhook == null) {
      return Future.failedFuture("the webhook is deleted");
    }
    if (!delivering.fence().isHeld()) {
      return Future.failedFuture("the right to deliver is in doubt");
    }
    return sender
        .sendPast(webhook, event, id, null)
        .onSuccess(
            outcome -> {
              if (outcome.isAccepted() && circuit.state() != Circuit.State.CLOSED) {
                closed(circuit.state(), circuit.close());
                persistCircuit();
                wake();
              }
            });
  }

  private void pump() {
    if (!delivering.fence().isHeld()) {
      awaitFence();
      return;
    }
    while (!waiting.isEmpty() && mayStart()) {
      if (!loop.tryTake(this::slotFree)) {
        waitingForSlot = true;
        return;
      }
      start(waiting.poll(), false);
    }
    // While the circuit is open only probes are fetched: what waits is neither read nor rewritten.
    if (backlog.isDue() && !isBlocked() && waiting.size() < Math.max(1, concurrency.limit())) {
      fetch(delivering.pageMax());
    }
    makeRoom();
  }

  /** Where others wait for a place: says whether this one is of use. */
  void makeRoom() {
    if (!crowd.isCrowded()) {
      return;
    }
    if (circuit.state() != Circuit.State.CLOSED) {
      crowd.blocked(number);
    } else if (isIdle(0)) {
      crowd.atRest(number);
    }
  }

  /**
   * The right to deliver is in doubt: nothing is sent, nothing is given back, until it is ours
   * again.
   */
  private void awaitFence() {
    if (fenceTimer < 0 && !stopped) {
      fenceTimer =
          vertx.setTimer(
              FENCE_CHECK_MILLIS,
              timer -> {
                fenceTimer = -1;
                probe();
                pump();
              });
    }
  }

  private boolean mayStart() {
    return !isBlocked() && !waitingForSlot && inFlight < concurrency.limit();
  }

  private boolean isBlocked() {
    return stopped || circuit.state() != Circuit.State.CLOSED || !isActive();
  }

  private boolean isActive() {
    Webhook webhook = delivering.index().byNumber(number);
    return webhook != null && webhook.active();
  }

  private void slotFree() {
    waitingForSlot = false;
    pump();
  }

  private void start(Delivery delivery, boolean probe) {
    Webhook webhook = delivering.index().byNumber(number);
    if (webhook == null) {
      loop.giveBack();
      report(Report.deleted(delivery));
      return;
    }
    inFlight++;
    Trace of = delivery.event().trace();
    // A span of its own for each attempt, also of a delivery that a killed process has sent.
    Trace trace = of == null ? null : of.child();
    sender
        .send(webhook, delivery.event(), delivery.id(), trace)
        .onSuccess(outcome -> ended(delivery, webhook, probe, trace, outcome));
  }

  private void ended(
      Delivery delivery, Webhook sentAs, boolean probe, @Nullable Trace trace, Outcome outcome) {
    Failpoint.HTTP_AFTER_ANSWER.hit();
    inFlight--;
    Circuit.State before = circuit.state();
    boolean changed = circuit.record(outcome.health(), probe, delivering.clock().millis());
    concurrency.record(outcome.health());
    CircuitRecord record = changed ? circuit.toRecord() : null;
    loop.ended();
    report(Report.attempted(delivery, outcome, probe, record, sentAs, trace));
    delivering.listener().ended(outcome, probe);
    if (changed) {
      if (circuit.state() == Circuit.State.CLOSED) {
        closed(before, true);
      } else {
        opened();
      }
    }
    loop.giveBack();
    if (stopped && inFlight == 0 && drained != null) {
      endDraining(drained);
    }
    pump();
  }

  private void opened() {
    delivering.listener().circuit(number, circuit.toRecord());
    window.shut(true);
    sender.openBreaker();
    releaseWaiting();
    awaitProbe();
  }

  private void closed(Circuit.State before, boolean changed) {
    if (!changed || before == Circuit.State.CLOSED) {
      return;
    }
    delivering.listener().circuit(number, CircuitRecord.CLOSED);
    if (probeTimer >= 0) {
      vertx.cancelTimer(probeTimer);
      probeTimer = -1;
    }
    sender.closeBreaker();
    concurrency.restart();
    window.shut(!isActive());
    backlog.setDue();
  }

  private void releaseWaiting() {
    while (!waiting.isEmpty()) {
      release(waiting.poll());
    }
  }

  private void release(Delivery delivery) {
    Webhook webhook = delivering.index().byNumber(number);
    report(webhook == null ? Report.deleted(delivery) : Report.released(delivery));
  }

  private void awaitProbe() {
    if (probeTimer >= 0) {
      vertx.cancelTimer(probeTimer);
    }
    long wait = Math.max(1, circuit.probeAt() - delivering.clock().millis());
    probeTimer =
        vertx.setTimer(
            wait,
            timer -> {
              probeTimer = -1;
              backlog.setDue();
              probe();
            });
  }

  private void probe() {
    if (stopped || !backlog.isDue() || !isActive() || circuit.state() != Circuit.State.OPEN) {
      return;
    }
    if (!delivering.fence().isHeld()) {
      awaitFence();
      return;
    }
    if (delivering.clock().millis() < circuit.probeAt()) {
      if (probeTimer < 0) {
        awaitProbe();
      }
      return;
    }
    fetch(1);
  }

  private void startProbe(Delivery delivery) {
    if (loop.tryTake(() -> takenProbe(delivery))) {
      takenProbe(delivery, true);
    }
  }

  private void takenProbe(Delivery delivery) {
    // A slot came free: take it, or wait on if another loop's attempts have filled what is
    // unrecorded.
    takenProbe(delivery, loop.tryTake(() -> takenProbe(delivery)));
  }

  private void takenProbe(Delivery delivery, boolean taken) {
    if (!taken) {
      return;
    }
    if (!delivering.fence().isHeld()) {
      loop.giveBack();
      backlog.forget(delivery);
      awaitFence();
    } else if (isActive() && !stopped && circuit.tryProbe(delivering.clock().millis())) {
      delivering.listener().circuit(number, circuit.toRecord());
      persistCircuit();
      sender.closeBreaker();
      start(delivery, true);
    } else {
      loop.giveBack();
      accept(List.of(delivery));
    }
  }

  private void fetch(int wanted) {
    boolean probing = circuit.state() == Circuit.State.OPEN;
    if (!stopped && circuit.state() != Circuit.State.HALF_OPEN && (probing || !isBlocked())) {
      backlog.fetch(wanted);
    }
  }

  @Override
  public void took(List<Delivery> page, int wanted) {
    boolean probing = wanted == 1 && circuit.state() == Circuit.State.OPEN;
    for (Delivery delivery : page) {
      if (probing && !stopped && isActive()) {
        startProbe(delivery);
      } else if (isBlocked()) {
        release(delivery);
      } else {
        waiting.add(delivery);
      }
    }
    pump();
  }

  @Override
  public Future<Page> ask(PageRequest request) {
    return vertx
        .eventBus()
        .<Page>request(Addresses.PAGE, request, LocalCodec.OPTIONS)
        .map(Message::body);
  }

  @Override
  public void later(long millis, Runnable step) {
    if (millis == 0) {
      context.runOnContext(v -> step.run());
    } else {
      vertx.setTimer(millis, timer -> step.run());
    }
  }

  private void persistCircuit() {
    loop.outbox().add(supervisor, new CircuitChanged(number, circuit.toRecord()));
  }

  private void report(Report report) {
    loop.outbox().add(supervisor, report);
  }
}
