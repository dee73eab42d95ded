package io.fanfare.schedule;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.ScheduleConfig;
import io.fanfare.event.Waiting;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows when each webhook's first waiting delivery is due and wakes its supervisor then; reads
 * pages for delivery verticles that have room, many webhooks in one statement.
 *
 * <pre>
 *  Waiting ─► heads ─(timer)─► Wake ─► delivery verticle ─► PageRequest ─► one read ─► Page
 *               ▲                                                            │
 *               └──────────────── next due moment ◄──────────────────────────┘
 * </pre>
 */
public final class ScheduleVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduleVerticle.class);
  private static final int WEBHOOKS_PER_READ = 64;
  private static final int END_PAGE = 1_000;
  private static final int UNAVAILABLE = 503;
  private static final long RETRY_MILLIS = 500;
  private static final long TIMER_MAX_MILLIS = 1_000;

  private final int supervisors;
  private final ScheduleConfig config;
  private final Duration maxWait;
  private final Pool pool;
  private final Fence fence;
  private final ScheduleStore store;
  private final Clock clock;
  private final Supplier<UUID> mark;
  private final AtomicLong orphans;
  private final Recovery recovery;
  private final Runnable recovered;

  private final DueHeads heads = new DueHeads();
  private final List<Message<PageRequest>> requests = new ArrayList<>();
  private UUID audited;
  private boolean reading;
  private boolean expiring;
  private boolean stopped;
  private long timer = -1;
  private long timerAt = Long.MAX_VALUE;

  /**
   * @param supervisors how many delivery supervisors there are
   * @param maxWait after which a delivery that could not be ended is given up
   * @param earlierMark where an earlier process left the low-water mark
   * @param firstId smaller than the id of any delivery of this process
   * @param recovered run once everything is due that the earlier process held; until then the mark
   *     must stay at {@code earlierMark}
   * @param mark the low-water mark as it is now
   * @param orphans counts what the audit found; anything but 0 is a fault of ours
   */
  public ScheduleVerticle(
      int supervisors,
      ScheduleConfig config,
      Duration maxWait,
      Pool pool,
      Fence fence,
      Clock clock,
      UUID earlierMark,
      UUID firstId,
      Runnable recovered,
      Supplier<UUID> mark,
      AtomicLong orphans) {
    this.supervisors = supervisors;
    this.config = config;
    this.maxWait = maxWait;
    this.pool = pool;
    this.fence = fence;
    this.store = new ScheduleStore(pool, fence);
    this.clock = clock;
    this.audited = earlierMark;
    this.mark = mark;
    this.orphans = orphans;
    this.recovery = new Recovery(pool, fence, earlierMark, firstId, this::dueNow);
    this.recovered = recovered;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().<Waiting>localConsumer(Addresses.WAITING, this::onWaiting);
    vertx.eventBus().<PageRequest>localConsumer(Addresses.PAGE, this::onRequest);
    vertx
        .eventBus()
        .<Deleted>localConsumer(Addresses.DELETED, message -> endOfWebhook(message.body()));
    vertx.setPeriodic(config.auditInterval().toMillis(), tick -> audit());
    vertx.setPeriodic(config.sweepInterval().toMillis(), tick -> expire());
    recover();
    load();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return Future.succeededFuture();
  }

  private void dueNow(int webhook) {
    heads.note(webhook, clock.millis());
    arm();
  }

  /** Beside everything else: nobody waits for the last of a million to see the first one sent. */
  private void recover() {
    recovery
        .run()
        .onSuccess(
            count -> {
              if (count > 0) {
                LOG.info("{} deliveries of an earlier process are due now", count);
              }
              recovered.run();
              endOfDeletedWebhooks();
            })
        .onFailure(
            failure -> again("make due what an earlier process held", failure, this::recover));
  }

  /** When what waits is due: one row for each webhook, but PostgreSQL reads all that wait. */
  private void load() {
    store
        .heads()
        .onSuccess(
            loaded -> {
              loaded.forEach(heads::note);
              arm();
            })
        .onFailure(failure -> again("read when what waits is due", failure, this::load));
  }

  /** After the recovery, which may give a deleted webhook something that waits. */
  private void endOfDeletedWebhooks() {
    store
        .deletedWithWaiting()
        .onSuccess(
            numbers -> numbers.forEach(number -> endOfWebhook(new Deleted(number, Set.of()))))
        .onFailure(
            failure ->
                again("end what deleted webhooks left", failure, this::endOfDeletedWebhooks));
  }

  private void again(String what, Throwable failure, Runnable step) {
    if (!stopped) {
      LOG.warn("cannot {} yet, tries again: {}", what, failure.toString());
      vertx.setTimer(RETRY_MILLIS, tick -> step.run());
    }
  }

  private void onWaiting(Message<Waiting> message) {
    Waiting waiting = message.body();
    for (int i = 0; i < waiting.webhooks().length; i++) {
      heads.note(waiting.webhooks()[i], waiting.dueAtMillis()[i]);
    }
    arm();
  }

  /**
   * One timer, for the nearest. Never longer than a second, so that a clock that was set is
   * noticed.
   */
  private void arm() {
    long next = heads.next();
    if (next == Long.MAX_VALUE || (timer >= 0 && timerAt <= next)) {
      return;
    }
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    timerAt = next;
    long wait = Math.min(TIMER_MAX_MILLIS, Math.max(1, next - clock.millis()));
    timer = vertx.setTimer(wait, tick -> wakeDue());
  }

  private void wakeDue() {
    timer = -1;
    timerAt = Long.MAX_VALUE;
    long now = clock.millis();
    for (int webhook = heads.takeDue(now); webhook >= 0; webhook = heads.takeDue(now)) {
      vertx
          .eventBus()
          .send(Addresses.supervisor(webhook % supervisors), new Wake(webhook), LocalCodec.OPTIONS);
    }
    arm();
  }

  private void onRequest(Message<PageRequest> message) {
    requests.add(message);
    read();
  }

  private void read() {
    if (stopped) {
      requests.forEach(message -> message.fail(UNAVAILABLE, "the service is shutting down"));
      requests.clear();
    }
    if (reading || requests.isEmpty()) {
      return;
    }
    reading = true;
    List<Message<PageRequest>> taken =
        List.copyOf(requests.subList(0, Math.min(WEBHOOKS_PER_READ, requests.size())));
    requests.subList(0, taken.size()).clear();
    List<PageRequest> asked = taken.stream().map(Message::body).toList();
    // One moment for both, so that no row falls between "due" and "due next".
    long now = clock.millis();
    store
        .pages(asked, now)
        .compose(pages -> store.next(asked, now).map(next -> new Read(pages, next)))
        .onComplete(
            (read, failure) -> {
              reading = false;
              if (read == null) {
                if (!stopped) {
                  LOG.warn("waiting deliveries cannot be read yet: {}", failure.getMessage());
                }
                taken.forEach(message -> message.fail(UNAVAILABLE, "the database is away"));
              } else {
                read.next().forEach(heads::note);
                arm();
                taken.forEach(message -> message.reply(page(read, message), LocalCodec.OPTIONS));
              }
              read();
            });
  }

  private record Read(Map<Integer, List<Page.Due>> pages, Map<Integer, Long> next) {}

  private static Page page(Read read, Message<PageRequest> message) {
    return new Page(read.pages().getOrDefault(message.body().webhook(), List.of()));
  }

  private void endOfWebhook(Deleted webhook) {
    store
        .endOfWebhook(webhook, END_PAGE)
        .onComplete(
            (ended, failure) -> {
              if (ended == null) {
                vertx.setTimer(RETRY_MILLIS, tick -> endOfWebhook(webhook));
              } else if (ended == END_PAGE) {
                endOfWebhook(webhook);
              }
            });
  }

  private void expire() {
    if (expiring) {
      return;
    }
    expiring = true;
    long before = clock.millis() - maxWait.toMillis();
    store
        .endExpired(before, "expired after " + text(maxWait), END_PAGE)
        .onComplete(
            (ended, failure) -> {
              expiring = false;
              if (ended != null && ended == END_PAGE) {
                expire();
              }
            });
  }

  /** {@code 72 h}, {@code 30 m}, {@code 5 s}: the largest unit that is whole. */
  static String text(Duration duration) {
    if (duration.toSecondsPart() == 0 && duration.toMinutesPart() == 0 && duration.toHours() > 0) {
      return duration.toHours() + " h";
    }
    if (duration.toSecondsPart() == 0 && duration.toMinutes() > 0) {
      return duration.toMinutes() + " m";
    }
    return duration.toSeconds() + " s";
  }

  /**
   * Below the mark nothing may be pending without a due moment; what is, is repaired and counted.
   */
  private void audit() {
    UUID to = mark.get();
    UUID from = audited;
    if (IdGenerator.ORDER.compare(to, from) <= 0) {
      return;
    }
    pool.withTransaction(connection -> new ScheduleStore(connection, fence).repair(from, to))
        .onSuccess(
            found -> {
              audited = to;
              if (found > 0) {
                orphans.addAndGet(found);
                LOG.error("{} deliveries were in nobody's hands; they are due now", found);
                load();
              }
            });
  }
}
