package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.event.Window;
import io.fanfare.id.IdKind;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers for one webhook. Holds its window: what is in memory and waits for its turn, what is in
 * flight, and which fetched rows are not written down yet. One receiver's trouble stays in here.
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
final class DeliveryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryVerticle.class);
  private static final long FENCE_CHECK_MILLIS = 200;

  private final int number;
  private final int supervisor;
  private final Delivering delivering;
  private final Circuit circuit;
  private final Window window;
  private final Concurrency concurrency;
  private final Receiver.Names names;

  private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
  private final Set<UUID> fetched = new HashSet<>();
  private @Nullable Receiver receiver;
  private DeliveryLoop loop;
  private Resolver resolver;
  private CircuitBreaker breaker;
  private int inFlight;
  private boolean due;
  private boolean fetching;
  private boolean waitingForSlot;
  private boolean stopped;
  private @Nullable Promise<Void> drained;
  private long probeTimer = -1;
  private long fenceTimer = -1;
  private long idleSince;

  /**
   * @param circuit as it is known: from the database, or from an earlier verticle of the webhook
   */
  @SuppressWarnings("NullAway.Init") // the loop and what lives on it are known at start
  DeliveryVerticle(int number, int supervisor, Delivering delivering, Circuit circuit) {
    this.number = number;
    this.supervisor = supervisor;
    this.delivering = delivering;
    this.circuit = circuit;
    this.window = delivering.windows().of(number);
    this.concurrency = new Concurrency(delivering.config().concurrency());
    this.names = Receiver.Names.of(delivering.config());
  }

  @Override
  public Future<?> start() {
    loop = delivering.loops().of(context);
    resolver = new Resolver(vertx, delivering.networks());
    breaker = closedBreaker();
    idleSince = delivering.clock().millis();
    if (circuit.state() != Circuit.State.CLOSED) {
      window.shut(true);
      breaker.open();
      awaitProbe();
    }
    return Future.succeededFuture();
  }

  /**
   * The shell around the call: it opens and closes as {@link Circuit} decides, never by itself. It
   * has no timeout of its own, because an attempt always ends by its deadline: a second timer for
   * each was 2 % of the service's CPU.
   */
  private CircuitBreaker closedBreaker() {
    return CircuitBreaker.create(
        "webhook",
        vertx,
        new CircuitBreakerOptions()
            .setMaxFailures(Integer.MAX_VALUE)
            .setMaxRetries(0)
            .setTimeout(-1)
            .setResetTimeout(-1)
            .setNotificationAddress(null));
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
      promise.complete();
    } else {
      vertx.eventBus().localConsumer(Addresses.HURRY, message -> promise.tryComplete());
    }
    return promise
        .future()
        .timeout(delivering.config().drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .onComplete(done -> breaker.close());
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
      return;
    }
    waiting.addAll(deliveries);
    pump();
  }

  /** Deliveries wait in the database, or there is room again. */
  void wake() {
    due = true;
    if (circuit.state() == Circuit.State.OPEN) {
      probe();
    } else {
      pump();
    }
  }

  /** These fetched rows are written down. */
  void recorded(List<UUID> deliveries) {
    deliveries.forEach(fetched::remove);
    pump();
  }

  /**
   * The webhook was changed: a new URL or an activation closes the circuit; inactive ones give back
   * what they hold.
   */
  void changed(boolean closeCircuit) {
    receiver = null;
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
    return Set.copyOf(fetched);
  }

  /** Whether a deleted webhook's last attempt has ended and is written down. */
  boolean isDone() {
    return inFlight == 0 && fetched.isEmpty();
  }

  /** Whether the verticle has been of no use for this long. */
  boolean isIdle(long forMillis) {
    boolean busy =
        inFlight > 0
            || !waiting.isEmpty()
            || !fetched.isEmpty()
            || fetching
            || waitingForSlot
            || fenceTimer >= 0
            || (due && isActive())
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
    return attempt(webhook, event, id)
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
    if (due && !isBlocked() && waiting.size() < Math.max(1, concurrency.limit())) {
      fetch(delivering.pageMax());
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
    breaker
        .execute(() -> attempt(webhook, delivery.event(), delivery.id()))
        .otherwise(this::internal)
        .onSuccess(outcome -> ended(delivery, webhook, probe, outcome));
  }

  private Future<Outcome> attempt(Webhook webhook, Event event, UUID id) {
    try {
      if (!webhook.readable()) {
        // Its secret or headers cannot be decrypted: nothing may be sent that is not signed.
        long now = delivering.clock().millis();
        return Future.succeededFuture(
            Outcome.withoutAnswer(Outcome.Kind.INTERNAL, now, now, "key_error"));
      }
      Receiver to = receiver(webhook);
      String deliveryId = IdKind.DELIVERY.format(id);
      byte[] body = Body.splice(event, webhook.publicId(), deliveryId);
      return new Attempt(
              vertx,
              loop,
              resolver,
              to,
              delivering.clock(),
              (int) delivering.config().responseBodyMax(),
              delivering.bodyInlineMax(),
              event.type(),
              deliveryId,
              body)
          .run();
    } catch (TargetUrl.RefusedException e) {
      long now = delivering.clock().millis();
      return Future.succeededFuture(
          Outcome.withoutAnswer(Outcome.Kind.DENIED, now, now, NetworkPolicy.REFUSAL));
    } catch (RuntimeException e) {
      // A row that only a hand in the database can have made: this delivery fails, its neighbours
      // do not.
      return Future.succeededFuture(internal(e));
    }
  }

  private Outcome internal(Throwable cause) {
    long now = delivering.clock().millis();
    LOG.error("an attempt of webhook {} met an error of ours", number, cause);
    return Outcome.withoutAnswer(Outcome.Kind.INTERNAL, now, now, "internal error");
  }

  private Receiver receiver(Webhook webhook) throws TargetUrl.RefusedException {
    Receiver current = receiver;
    if (current == null || current.webhook().version() != webhook.version()) {
      current = new Receiver(webhook, names, delivering.networks());
      receiver = current;
    }
    return current;
  }

  private void ended(Delivery delivery, Webhook sentAs, boolean probe, Outcome outcome) {
    inFlight--;
    Circuit.State before = circuit.state();
    boolean changed = circuit.record(outcome.health(), probe, delivering.clock().millis());
    concurrency.record(outcome.health());
    CircuitRecord record = changed ? circuit.toRecord() : null;
    report(Report.attempted(delivery, outcome, probe, record, sentAs));
    delivering.listener().ended(outcome, probe);
    if (changed) {
      if (circuit.state() == Circuit.State.CLOSED) {
        closed(before, true);
      } else {
        opened(before);
      }
    }
    loop.giveBack();
    if (stopped && inFlight == 0 && drained != null) {
      drained.tryComplete();
    }
    pump();
  }

  private void opened(Circuit.State before) {
    delivering.listener().circuit(before, circuit.state());
    window.shut(true);
    breaker.open();
    releaseWaiting();
    awaitProbe();
  }

  private void closed(Circuit.State before, boolean changed) {
    if (!changed || before == Circuit.State.CLOSED) {
      return;
    }
    delivering.listener().circuit(before, Circuit.State.CLOSED);
    if (probeTimer >= 0) {
      vertx.cancelTimer(probeTimer);
      probeTimer = -1;
    }
    breaker = closedBreaker();
    concurrency.restart();
    window.shut(!isActive());
    due = true;
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
              due = true;
              probe();
            });
  }

  private void probe() {
    if (stopped || !due || !isActive() || circuit.state() != Circuit.State.OPEN) {
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
    // A slot came free: take it, which cannot fail now.
    takenProbe(delivery, loop.tryTake(() -> takenProbe(delivery)));
  }

  private void takenProbe(Delivery delivery, boolean taken) {
    if (!taken) {
      return;
    }
    if (!delivering.fence().isHeld()) {
      loop.giveBack();
      forget(delivery);
    } else if (isActive() && !stopped && circuit.tryProbe(delivering.clock().millis())) {
      delivering.listener().circuit(Circuit.State.OPEN, Circuit.State.HALF_OPEN);
      persistCircuit();
      // An open breaker cannot be reset from outside; a new one starts closed.
      breaker = closedBreaker();
      start(delivery, true);
    } else {
      loop.giveBack();
      accept(List.of(delivery));
    }
  }

  /** Leaves a fetched row to the database, where it still waits. */
  private void forget(Delivery delivery) {
    fetched.remove(delivery.id());
    delivery.letGo();
    due = true;
    awaitFence();
  }

  /** Asks for due deliveries, as many as there is room for. */
  private void fetch(int wanted) {
    boolean probing = circuit.state() == Circuit.State.OPEN;
    if (fetching
        || stopped
        || (!probing && isBlocked())
        || circuit.state() == Circuit.State.HALF_OPEN) {
      return;
    }
    int permits = window.holdUpTo(wanted);
    if (permits == 0) {
      window.hungry();
      // A permit may have come back in between, unseen.
      if (window.free() > 0 && window.takeHunger()) {
        vertx.runOnContext(v -> pump());
      }
      return;
    }
    fetching = true;
    // Whoever wakes this verticle from now on may speak of rows that the page is too early for.
    due = false;
    long token = window.spillToken();
    vertx
        .eventBus()
        .<Page>request(
            Addresses.PAGE,
            new PageRequest(number, permits, Set.copyOf(fetched)),
            LocalCodec.OPTIONS)
        .map(Message::body)
        .onComplete(
            (page, failure) -> {
              fetching = false;
              if (page == null) {
                window.unused(permits);
                due = true;
                retryFetch();
              } else {
                took(page, permits, token, wanted);
              }
            });
  }

  private void retryFetch() {
    vertx.setTimer(
        1000,
        timer -> {
          if (due) {
            wake();
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
        wake();
      }
      return;
    }
    due |= n == permits || window.isSpilling();
    boolean probing = wanted == 1 && circuit.state() == Circuit.State.OPEN;
    for (Page.Due row : page.deliveries()) {
      window.fetched(row.event().data().length());
      fetched.add(row.id());
      Delivery delivery =
          new Delivery(number, row.id(), row.event(), row.attempts(), row.probes(), null, window);
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

  private void persistCircuit() {
    vertx
        .eventBus()
        .send(
            Addresses.outcome(supervisor),
            new CircuitChanged(number, circuit.toRecord()),
            LocalCodec.OPTIONS);
  }

  private void report(Report report) {
    vertx.eventBus().send(Addresses.outcome(supervisor), report, LocalCodec.OPTIONS);
  }
}
