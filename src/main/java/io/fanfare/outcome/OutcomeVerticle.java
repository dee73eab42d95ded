package io.fanfare.outcome;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.config.OutcomeConfig;
import io.fanfare.database.FateUnknownException;
import io.fanfare.database.Writer;
import io.fanfare.delivery.CircuitChanged;
import io.fanfare.delivery.Outcome;
import io.fanfare.delivery.Recorded;
import io.fanfare.delivery.Report;
import io.fanfare.delivery.Reports;
import io.fanfare.delivery.ToRecord;
import io.fanfare.delivery.Unrecorded;
import io.fanfare.event.Delivery;
import io.fanfare.event.Waiting;
import io.fanfare.failpoint.Failpoint;
import io.fanfare.id.IdGenerator;
import io.fanfare.node.Fence;
import io.fanfare.outcome.HeaderSets.HeaderSet;
import io.fanfare.outcome.OutcomeStore.Along;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.schedule.Wake;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.pgclient.PgException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what attempts met. While one flush is on its way the next one fills; a flush is tried
 * until it is committed, because nothing else knows what the receivers answered. What waits here is
 * bounded by the windows, because a delivery keeps its permit until it is written down, and what
 * attempts have left here by {@link Unrecorded}, because a killed process repeats those.
 *
 * <pre>
 *  report ─► queue ─► decide ─► flush ─┬─► permits and open set let go
 *                                     ├─► Waiting to the schedule (retries, released)
 *                                     ├─► Recorded to the supervisor (rows that were fetched)
 *                                     └─► Wake to the supervisor (a webhook that wants room)
 * </pre>
 */
public final class OutcomeVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeVerticle.class);
  private static final long RETRY_MILLIS = 200;
  // So much may pass before the first byte is written, for a start that is told from the answer's.
  private static final int START_TOLERANCE_MILLIS = 50;
  private static final long NOT_LINGERING = -1;

  private static final Comparator<OutcomeStore.Line> KEY_ORDER =
      Comparator.comparingInt(OutcomeStore.Line::webhook)
          .thenComparing(OutcomeStore.Line::id, IdGenerator.ORDER);

  private final int number;
  private final int supervisors;
  private final OutcomeConfig config;
  private final WebhookIndex index;
  private final SettlementPolicy policy;
  private final OutcomeStore store;
  private final Writer writer;
  private final Unrecorded unrecorded;
  private final Clock clock;
  private final Consumer<Webhook> gone;
  private final OutcomeListener listener;
  private final Feed feed;

  private final ArrayDeque<Report> queue = new ArrayDeque<>();
  private final Map<Integer, CircuitRecord> circuits = new TreeMap<>();
  private final List<Promise<Void>> drained = new ArrayList<>();
  private final HeaderSets headerSets = new HeaderSets();
  private boolean flushing;
  // The timer that ends the wait for more outcomes, or none.
  private long lingering = NOT_LINGERING;

  /** What other rooms want to know; the metrics listen. */
  public interface OutcomeListener {
    /** A flush is committed. */
    void flushed(int reports, long nanos);

    /** A delivery is ended, or waits for its next attempt. */
    void settled(Next next);
  }

  /**
   * @param number index among the outcome verticles
   * @param supervisors how many delivery supervisors there are
   * @param unrecorded is told of the attempts that are written down
   * @param gone is told the webhook whose receiver answered 410, as it was then
   * @param feed is told what is recorded, while anybody listens
   */
  public OutcomeVerticle(
      int number,
      int supervisors,
      OutcomeConfig config,
      WebhookIndex index,
      SettlementPolicy policy,
      Fence fence,
      Writer writer,
      Unrecorded unrecorded,
      Clock clock,
      Consumer<Webhook> gone,
      OutcomeListener listener,
      Feed feed) {
    this.number = number;
    this.supervisors = supervisors;
    this.config = config;
    this.index = index;
    this.policy = policy;
    this.store = new OutcomeStore(fence);
    this.writer = writer;
    this.unrecorded = unrecorded;
    this.clock = clock;
    this.gone = gone;
    this.listener = listener;
    this.feed = feed;
  }

  /** A report with what was decided of it. */
  private record Settled(Report report, Settlement settlement) {}

  @Override
  public Future<?> start() {
    vertx.eventBus().localConsumer(Addresses.outcome(number), this::onMessage);
    return Future.succeededFuture();
  }

  /** Waits until everything reported so far is written down. */
  @Override
  public Future<?> stop() {
    if (!flushing && lingering == NOT_LINGERING && queue.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    drained.add(promise);
    pump();
    return promise.future();
  }

  private void onMessage(Message<Object> message) {
    if (message.body() instanceof Reports reports) {
      reports.items().forEach(this::add);
    } else if (message.body() instanceof ToRecord item) {
      add(item);
    }
    pump();
  }

  private void add(ToRecord item) {
    if (item instanceof Report report) {
      queue.add(report);
      if (report.circuit() != null) {
        circuits.put(report.delivery().webhook(), report.circuit());
      }
    } else if (item instanceof CircuitChanged changed) {
      circuits.put(changed.webhook(), changed.circuit());
    }
  }

  private void pump() {
    boolean full = queue.size() >= config.batchMax() || !drained.isEmpty();
    if (flushing || (lingering != NOT_LINGERING && !full)) {
      return;
    }
    if (lingering != NOT_LINGERING) {
      vertx.cancelTimer(lingering);
      lingering = NOT_LINGERING;
    }
    if (queue.isEmpty() && circuits.isEmpty()) {
      drained.forEach(Promise::complete);
      drained.clear();
      return;
    }
    if (full || config.linger().isZero()) {
      flush();
    } else {
      // Nobody waits for a record, so a fuller flush costs no one anything.
      lingering =
          vertx.setTimer(
              config.linger().toMillis(),
              timer -> {
                lingering = NOT_LINGERING;
                flush();
              });
    }
  }

  private void flush() {
    flushing = true;
    List<Settled> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < config.batchMax()) {
      batch.add(settle(queue.poll()));
    }
    Along along = new Along(new TreeMap<>(circuits), new TreeSet<>());
    circuits.clear();
    long begin = System.nanoTime();
    List<OutcomeStore.Line> lines = new ArrayList<>(batch.size());
    batch.forEach(settled -> lines.add(line(settled, along)));
    lines.sort(KEY_ORDER);
    Failpoint.OUTCOME_BEFORE_COMMIT.hit();
    commit(lines, along)
        .onComplete(
            done -> {
              flushing = false;
              if (done.succeeded()) {
                listener.flushed(batch.size(), System.nanoTime() - begin);
                recorded(batch);
                if (feed.isWatched()) {
                  feed.recorded(entries(batch));
                }
              }
              pump();
            });
  }

  private Settled settle(Report report) {
    Delivery delivery = report.delivery();
    return new Settled(
        report,
        switch (report.kind()) {
          case ATTEMPTED ->
              policy.decide(
                  index.byNumber(delivery.webhook()),
                  delivery,
                  java.util.Objects.requireNonNull(report.outcome()),
                  report.probe());
          case RELEASED ->
              new Settlement(
                  Next.WAIT, delivery.attempts(), delivery.probes(), clock.millis(), null, false);
          case DELETED ->
              new Settlement(
                  Next.FAILED, delivery.attempts(), delivery.probes(), 0, "webhook deleted", false);
        });
  }

  private OutcomeStore.Line line(Settled settled, Along along) {
    Report report = settled.report();
    Outcome outcome = report.outcome();
    long ended =
        switch (report.kind()) {
          case ATTEMPTED -> java.util.Objects.requireNonNull(outcome).endedAtMillis();
          case RELEASED -> 0;
          case DELETED -> clock.millis();
        };
    HeaderSet headers = outcome != null && isBrief(report) ? headerSet(outcome, along) : null;
    return new OutcomeStore.Line(
        report.delivery().webhook(),
        report.delivery().id(),
        report.delivery().event().type(),
        settled.settlement(),
        outcome,
        ended,
        report.probe(),
        outcome != null && headers == null,
        headers);
  }

  /**
   * Whether the delivery's own row can tell all of the attempt: accepted, with a short answer, and
   * begun about when the answer's time says.
   */
  private boolean isBrief(Report report) {
    Outcome outcome = java.util.Objects.requireNonNull(report.outcome());
    return outcome.isAccepted()
        && !report.probe()
        && outcome.usualHeaders()
        && outcome.responseMillis() != null
        && outcome.endedAtMillis() - outcome.startedAtMillis() - outcome.responseMillis()
            <= START_TOLERANCE_MILLIS
        && (outcome.responseBody() == null
            || outcome.responseBody().length() <= config.bodyInlineMax());
  }

  private @Nullable HeaderSet headerSet(Outcome outcome, Along along) {
    HeaderSet set =
        headerSets.of(
            java.util.Objects.requireNonNull(outcome.responseHeaders()), outcome.endedAtMillis());
    if (set != null && !headerSets.isStored(set)) {
      along.headers().add(set);
    }
    return set;
  }

  private Future<Void> commit(List<OutcomeStore.Line> lines, Along along) {
    return store
        .record(writer, lines, along)
        // Here, not when all of a split flush has ended: a part that was dropped stored nothing.
        .onSuccess(v -> headerSets.stored(along.headers()))
        .recover(
            failure -> {
              if (failure instanceof Fence.LostException) {
                return Future.failedFuture(failure);
              }
              if (failure instanceof PgException pg && isValueError(pg)) {
                return split(lines, along, failure);
              }
              LOG.warn("{} outcomes are not recorded yet: {}", lines.size(), failure.getMessage());
              // Statements are safe to repeat, once the earlier one is certainly over.
              Future<Void> over =
                  failure instanceof FateUnknownException unknown
                      ? writer.settleFate(unknown)
                      : vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
              return over.compose(v -> commit(lines, along));
            });
  }

  private static boolean isValueError(PgException failure) {
    return failure.getSqlState().startsWith("22") || failure.getSqlState().startsWith("23");
  }

  /**
   * One value failed the statement: records each line by itself, and the guilty one without its
   * answer.
   */
  private Future<Void> split(List<OutcomeStore.Line> lines, Along along, Throwable failure) {
    if (lines.size() > 1) {
      int half = lines.size() / 2;
      return commit(lines.subList(0, half), along)
          .compose(v -> commit(lines.subList(half, lines.size()), Along.NOTHING));
    }
    OutcomeStore.Line line = lines.get(0);
    if (line.outcome() == null) {
      // Nothing of a stranger's is left in it. The strangers of its flush must let go all the same;
      // the audit makes due what is pending and in nobody's hands.
      LOG.error("the database refused an outcome without an answer", failure);
      return Future.succeededFuture();
    }
    LOG.error("the database refused an outcome; it is recorded without its answer", failure);
    return commit(List.of(line.withoutAnswer()), along);
  }

  private void recorded(List<Settled> batch) {
    Failpoint.OUTCOME_AFTER_COMMIT.hit();
    Map<Integer, Long> waiting = new LinkedHashMap<>();
    Map<Integer, List<UUID>> fetched = new LinkedHashMap<>();
    int attempts = 0;
    for (Settled settled : batch) {
      Delivery delivery = settled.report().delivery();
      delivery.letGo();
      if (settled.report().kind() == Report.Kind.ATTEMPTED) {
        attempts++;
      }
      if (settled.settlement().next() == Next.WAIT) {
        Failpoint.OUTCOME_RETRY_SCHEDULED.hit();
        waiting.merge(delivery.webhook(), settled.settlement().dueAtMillis(), Math::min);
      }
      if (delivery.open() == null) {
        fetched.computeIfAbsent(delivery.webhook(), w -> new ArrayList<>()).add(delivery.id());
      }
      if (delivery.window().takeHunger()) {
        tell(delivery.webhook(), new Wake(delivery.webhook()));
      }
      Webhook sentAs = settled.report().sentAs();
      if (settled.settlement().gone() && sentAs != null) {
        gone.accept(sentAs);
      }
      listener.settled(settled.settlement().next());
    }
    unrecorded.remove(attempts);
    // Before Waiting: a row must not be asked for while its verticle still counts it as held.
    fetched.forEach((webhook, ids) -> tell(webhook, new Recorded(webhook, ids)));
    if (!waiting.isEmpty()) {
      vertx
          .eventBus()
          .send(
              Addresses.WAITING,
              new Waiting(
                  waiting.keySet().stream().mapToInt(Integer::intValue).toArray(),
                  waiting.values().stream().mapToLong(Long::longValue).toArray()),
              LocalCodec.OPTIONS);
    }
  }

  private static List<FeedEntry> entries(List<Settled> batch) {
    List<FeedEntry> entries = new ArrayList<>(batch.size());
    for (Settled settled : batch) {
      Report report = settled.report();
      Outcome outcome = report.outcome();
      Webhook webhook = report.sentAs();
      if (outcome == null || webhook == null) {
        // No attempt was made.
        continue;
      }
      Settlement settlement = settled.settlement();
      entries.add(
          new FeedEntry(
              webhook,
              report.delivery().id(),
              report.delivery().event().id(),
              report.delivery().event().type(),
              settlement.next(),
              settlement.attempts(),
              report.probe(),
              outcome.kind(),
              outcome.responseCode(),
              outcome.responseMillis(),
              settlement.error(),
              outcome.startedAtMillis(),
              outcome.endedAtMillis(),
              settlement.dueAtMillis(),
              report.delivery().event().trace(),
              report.trace()));
    }
    return entries;
  }

  private void tell(int webhook, Object message) {
    vertx.eventBus().send(Addresses.supervisor(webhook % supervisors), message, LocalCodec.OPTIONS);
  }
}
