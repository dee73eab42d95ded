package io.fanfare.event;

import io.fanfare.event.PublishRequest.Idempotency;
import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one commit accepts: events, their deliveries, and the requests that wait for the answer.
 * Built on the ingest verticle's context; the match, the ids and the permits are taken here.
 */
final class Flush {
  /**
   * An event of the flush, and where its deliveries stand among all of the flush: from low, up to
   * but without high.
   */
  record Entry(Event event, int low, int high) {}

  /** A delivery to insert. */
  record Target(int webhook, UUID id, Event event, boolean spilled, Window window) {}

  /** A request with a key, and the answer that will be stored for it. */
  record Keyed(Idempotency idempotency, Published answer) {}

  /**
   * A request, and whom to answer.
   *
   * @param span null where it is not recorded
   */
  record Item(
      PublishRequest request, Handler<AsyncResult<Published>> reply, @Nullable PublishSpan span) {}

  /** An item with what it became. */
  private record Accepted(
      Item item, List<Event> events, List<List<Target>> targets, Published answer) {}

  private final OpenSet.Flush open;
  private final IdGenerator ids;
  private final WebhookIndex index;
  private final Windows windows;
  private final Clock clock;
  private final List<Accepted> accepted = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private final Set<Window> spilling = new HashSet<>();
  private @Nullable List<Entry> events;
  private @Nullable List<Target> deliveries;
  private int eventCount;
  private int deliveryCount;
  private long bytes;

  Flush(OpenSet openSet, IdGenerator ids, WebhookIndex index, Windows windows, Clock clock) {
    this.open = openSet.open();
    this.ids = ids;
    this.index = index;
    this.windows = windows;
    this.clock = clock;
  }

  private Flush(Flush whole, Accepted part) {
    this.open = whole.open;
    this.ids = whole.ids;
    this.index = whole.index;
    this.windows = whole.windows;
    this.clock = whole.clock;
    accepted.add(part);
    eventCount = part.events().size();
    bytes = part.item().request().bytes();
    Idempotency key = part.item().request().idempotency();
    if (key != null) {
      keys.add(key.scope() + '\0' + key.key());
    }
    for (List<Target> targets : part.targets()) {
      deliveryCount += targets.size();
      for (Target target : targets) {
        if (target.spilled() && spilling.add(target.window())) {
          target.window().spillBegun();
        }
      }
    }
  }

  /**
   * Whether a request with the same idempotency key is in already; two of them cannot share a
   * statement.
   */
  boolean hasKeyOf(PublishRequest request) {
    Idempotency key = request.idempotency();
    return key != null && keys.contains(key.scope() + '\0' + key.key());
  }

  /**
   * Matches the request's events and adds them with their deliveries.
   *
   * @throws PublishException if one event matches more webhooks than allowed; then nothing was
   *     added
   */
  void add(Item item, int deliveriesPerEventMax) throws PublishException {
    PublishRequest request = item.request();
    List<List<Webhook>> matches = new ArrayList<>(request.events().size());
    for (NewEvent event : request.events()) {
      List<Webhook> match = index.match(event.type(), event.projectId());
      if (match.size() > deliveriesPerEventMax) {
        throw PublishException.invalid(
            "the event matches "
                + match.size()
                + " webhooks, more than ingest.deliveries_per_event_max = "
                + deliveriesPerEventMax
                + " allows");
      }
      matches.add(match);
    }
    List<Event> made = new ArrayList<>(matches.size());
    List<List<Target>> targets = new ArrayList<>(matches.size());
    List<Published.Accepted> answers = new ArrayList<>(matches.size());
    for (int i = 0; i < matches.size(); i++) {
      NewEvent source = request.events().get(i);
      String timestamp =
          source.timestamp() == null ? EventTimestamp.of(clock.instant()) : source.timestamp();
      Event event =
          new Event(
              ids.next(),
              source.type(),
              source.projectId(),
              timestamp,
              source.data(),
              request.trace());
      made.add(event);
      targets.add(targets(event, matches.get(i)));
      answers.add(
          new Published.Accepted(
              event.id(), event.type(), event.projectId(), timestamp, matches.get(i).size()));
    }
    Idempotency key = request.idempotency();
    if (key != null) {
      keys.add(key.scope() + '\0' + key.key());
    }
    eventCount += made.size();
    bytes += request.bytes();
    accepted.add(new Accepted(item, made, targets, Published.of(answers, request.batch())));
  }

  private List<Target> targets(Event event, List<Webhook> match) {
    List<Target> targets = new ArrayList<>(match.size());
    for (Webhook webhook : match) {
      Window window = windows.of(webhook.number());
      boolean held = window.tryHold(event.data().length());
      if (!held && spilling.add(window)) {
        window.spillBegun();
      }
      open.add();
      targets.add(new Target(webhook.number(), ids.next(), event, !held, window));
    }
    deliveryCount += targets.size();
    return targets;
  }

  /** No request will be added any more. */
  void seal() {
    open.sealed();
  }

  /** The moment of which its spilled deliveries are due. */
  long builtAtMillis() {
    return clock.millis();
  }

  int eventCount() {
    return eventCount;
  }

  int deliveryCount() {
    return deliveryCount;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return accepted.isEmpty();
  }

  /** The items that wait for this flush. */
  List<Item> items() {
    return accepted.stream().map(Accepted::item).toList();
  }

  /** It is on its way to the database; to be called where requests are recorded. */
  void committing() {
    for (Accepted a : accepted) {
      PublishSpan span = a.item().span();
      if (span != null) {
        span.committing();
      }
    }
  }

  /** The items with their answers. */
  void answerAll(java.util.function.BiConsumer<Item, Published> answer) {
    accepted.forEach(a -> answer.accept(a.item(), a.answer()));
  }

  /** The events in the order of their ids, which is the order in which they were made. */
  List<Entry> events() {
    flatten();
    return Objects.requireNonNull(events);
  }

  /** The deliveries, event by event. */
  List<Target> deliveries() {
    flatten();
    return Objects.requireNonNull(deliveries);
  }

  /**
   * The requests with idempotency keys, in the order of scope and key: two flushes must claim keys
   * in one order.
   */
  List<Keyed> keyed() {
    List<Keyed> keyed = new ArrayList<>();
    for (Accepted a : accepted) {
      Idempotency key = a.item().request().idempotency();
      if (key != null) {
        keyed.add(new Keyed(key, a.answer()));
      }
    }
    keyed.sort(
        Comparator.comparing((Keyed k) -> k.idempotency().scope())
            .thenComparing(k -> k.idempotency().key()));
    return keyed;
  }

  boolean hasKeys() {
    return !keys.isEmpty();
  }

  /**
   * Takes out the request with this key: somebody used it before. Its permits and ids are let go.
   */
  @Nullable Item remove(String scope, String key) {
    for (Iterator<Accepted> i = accepted.iterator(); i.hasNext(); ) {
      Accepted a = i.next();
      Idempotency idempotency = a.item().request().idempotency();
      if (idempotency != null
          && idempotency.scope().equals(scope)
          && idempotency.key().equals(key)) {
        i.remove();
        a.targets().forEach(list -> list.forEach(this::letGo));
        events = null;
        deliveries = null;
        return a.item();
      }
    }
    return null;
  }

  /** The same requests with the same ids, one flush each; this one must not be used any more. */
  List<Flush> split() {
    List<Flush> parts = new ArrayList<>();
    for (Accepted a : accepted) {
      Flush part = new Flush(this, a);
      parts.add(part);
    }
    // The parts count their own spilling; what this flush began ends with it.
    spilling.forEach(Window::spillEnded);
    return parts;
  }

  /**
   * The flush is committed: makes the deliveries that go on in memory, and lets the spilled ones
   * go.
   */
  List<Delivery> committed() {
    List<Delivery> direct = new ArrayList<>();
    for (Target target : deliveries()) {
      if (target.spilled()) {
        open.closed();
      } else {
        direct.add(
            new Delivery(
                target.webhook(), target.id(), target.event(), 0, 0, open, target.window()));
      }
    }
    spilling.forEach(Window::spillEnded);
    return direct;
  }

  /** The flush is certainly not committed: lets everything go. */
  void abandoned() {
    deliveries().forEach(this::letGo);
    spilling.forEach(Window::spillEnded);
  }

  private void letGo(Target target) {
    open.closed();
    if (!target.spilled()) {
      target.window().release(target.event().data().length());
    }
  }

  private void flatten() {
    if (events != null) {
      return;
    }
    List<Entry> flatEvents = new ArrayList<>(eventCount);
    List<Target> flatDeliveries = new ArrayList<>(deliveryCount);
    for (Accepted a : accepted) {
      for (int i = 0; i < a.events().size(); i++) {
        int low = flatDeliveries.size();
        flatDeliveries.addAll(a.targets().get(i));
        flatEvents.add(new Entry(a.events().get(i), low, flatDeliveries.size()));
      }
    }
    events = flatEvents;
    deliveries = flatDeliveries;
  }
}
