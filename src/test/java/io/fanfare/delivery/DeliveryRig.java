package io.fanfare.delivery;

import static io.fanfare.TestFanfare.await;

import io.fanfare.TestReceiver;
import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.DeliveryConfig;
import io.fanfare.config.FanfareConfig;
import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.event.HandOver;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.OpenSet;
import io.fanfare.event.Windows;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.fanfare.schedule.Wake;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.NetworkPolicy;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/** The delivery room alone: the test plays the rooms around it, and the receiver. */
final class DeliveryRig implements AutoCloseable {
  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final WebhookIndex index = new WebhookIndex();
  final Windows windows = new Windows(1_000, new HeldBytes(1 << 20));
  final IdGenerator ids =
      new IdGenerator(Clock.systemUTC(), new SplittableRandom(1), IdGenerator.ZERO);
  final OpenSet openSet = new OpenSet(ids, IdGenerator.ZERO);
  final Fence fence = new Fence(0, () -> {});
  final DeliveryLifecycle lifecycle;
  final TestReceiver receiver;

  /** What the outcome room was told; it records at once. */
  final List<Report> reports = new CopyOnWriteArrayList<>();

  /** Pages that were asked for and not answered yet. */
  final Queue<Message<PageRequest>> pages = new ConcurrentLinkedQueue<>();

  /** Full with three attempts of which nothing is written down. */
  final Unrecorded unrecorded = new Unrecorded(3);

  /** Whether what is reported counts as written down at once. */
  volatile boolean recording = true;

  /** What the schedule was told to end. */
  final List<Object> ended = new CopyOnWriteArrayList<>();

  DeliveryRig(Map<String, String> environment) throws TimeoutException {
    openSet.earlier().sealed(); // nothing was held before
    LocalCodec.register(vertx);
    receiver = TestReceiver.start(vertx);
    DeliveryConfig config = FanfareConfig.load(null, environment).config().delivery();
    lifecycle = new DeliveryLifecycle(vertx, 1);
    vertx.eventBus().localConsumer(Addresses.outcome(0), this::record);
    vertx.eventBus().<PageRequest>localConsumer(Addresses.PAGE, pages::add);
    vertx.eventBus().localConsumer(Addresses.DELETED, message -> ended.add(message.body()));
    vertx.eventBus().localConsumer(Addresses.ingestBarrier(0), message -> message.reply(null));
    Delivering delivering =
        new Delivering(
            config,
            index,
            windows,
            new DeliveryLoops(vertx, 2, config, unrecorded),
            new NetworkPolicy(List.of("127.0.0.0/8"), true, () -> 1),
            fence,
            Clock.systemUTC(),
            48,
            100,
            new Delivering.AttemptListener() {
              @Override
              public void ended(Outcome outcome, boolean probe) {}

              @Override
              public void circuit(int webhook, CircuitRecord circuit) {}
            });
    await(vertx.deployVerticle(new DeliverySupervisor(0, config.awakeMax(), delivering)));
  }

  private void record(Message<Object> message) {
    if (message.body() instanceof Reports all) {
      all.items().forEach(this::record);
    } else if (message.body() instanceof ToRecord one) {
      record(one);
    }
  }

  private void record(ToRecord item) {
    if (item instanceof Report report) {
      report.delivery().letGo();
      if (recording && report.kind() == Report.Kind.ATTEMPTED) {
        unrecorded.remove(1);
      }
      reports.add(report);
      if (report.delivery().open() == null) {
        vertx
            .eventBus()
            .send(
                Addresses.supervisor(0),
                new Recorded(report.delivery().webhook(), List.of(report.delivery().id())),
                LocalCodec.OPTIONS);
      }
    }
  }

  Event event() {
    return new Event(
        ids.next(), "build.started", null, "2026-01-01T00:00:00Z", Buffer.buffer("{}"));
  }

  /** Hands one delivery over, as ingest does after a commit. */
  Future<?> handOver(int webhook) {
    OpenSet.Flush flush = openSet.open();
    flush.add();
    flush.sealed();
    windows.of(webhook).tryHold(2);
    Delivery delivery =
        new Delivery(webhook, ids.next(), event(), 0, 0, flush, windows.of(webhook));
    return vertx
        .eventBus()
        .request(Addresses.supervisor(0), new HandOver(List.of(delivery)), LocalCodec.OPTIONS);
  }

  void wake(int webhook) {
    vertx.eventBus().send(Addresses.supervisor(0), new Wake(webhook), LocalCodec.OPTIONS);
  }

  /** Answers the oldest page asked for with that many deliveries. */
  List<Page.Due> answerPage(int deliveries) {
    List<Page.Due> due = new java.util.ArrayList<>();
    for (int i = 0; i < deliveries; i++) {
      due.add(new Page.Due(ids.next(), event(), 1, 0));
    }
    pages.remove().reply(new Page(due), LocalCodec.OPTIONS);
    return due;
  }

  /** Deletes as the registry does: the index first. */
  Future<Void> delete(Webhook webhook) {
    index.remove(webhook.number());
    return lifecycle.deleted(webhook).onSuccess(v -> lifecycle.marked(webhook));
  }

  /** Changes as the registry does: the index first. */
  Future<Void> change(Webhook before, Webhook after) {
    index.put(after);
    return lifecycle.changed(before, after, false);
  }

  boolean holdsNothing(int webhook) {
    openSet.mark();
    return openSet.size() == 0 && windows.heldBytes() == 0 && windows.of(webhook).free() == 1_000;
  }

  @Override
  public void close() throws TimeoutException {
    receiver.close();
    await(vertx.close());
  }
}
