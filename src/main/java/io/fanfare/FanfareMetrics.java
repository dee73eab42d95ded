package io.fanfare;

import io.fanfare.delivery.Circuit;
import io.fanfare.delivery.Delivering.AttemptListener;
import io.fanfare.delivery.Outcome;
import io.fanfare.event.EventIngestVerticle.IngestListener;
import io.fanfare.outcome.OutcomeVerticle.OutcomeListener;
import io.fanfare.outcome.Settlement;
import io.fanfare.trace.SpanListener;
import io.fanfare.webhook.CircuitRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of metrics. Prometheus reads the names with {@code _} for {@code .}, and with
 * {@code _total} after counters and {@code _seconds} after timers. Tags are bounded: never a
 * webhook, never a URL. Thread-safe.
 */
public final class FanfareMetrics
    implements IngestListener, AttemptListener, OutcomeListener, SpanListener {
  /** Counter: events committed. */
  public static final String EVENTS_ACCEPTED = "fanfare.events.accepted";

  /** Counter: deliveries committed with their events. */
  public static final String DELIVERIES_ACCEPTED = "fanfare.deliveries.accepted";

  /** Counter by {@code next}: what followed from attempts; {@code wait} means a retry. */
  public static final String DELIVERIES_SETTLED = "fanfare.deliveries.settled";

  /**
   * Gauge: deliveries accepted and not ended, as of the last look, a quarter of a minute ago at
   * most.
   */
  public static final String DELIVERIES_PENDING = "fanfare.deliveries.pending";

  /** Gauge: age of the oldest pending delivery in seconds; 0 where none is. */
  public static final String DELIVERIES_PENDING_OLDEST =
      "fanfare.deliveries.pending.oldest.seconds";

  /** Counter by {@code met}: attempts by what they met. */
  public static final String ATTEMPTS = "fanfare.attempts";

  /** Histogram: first byte written to response head. */
  public static final String ATTEMPT_RESPONSE = "fanfare.attempt.response";

  /** Timer: one commit of events. */
  public static final String INGEST_FLUSH = "fanfare.ingest.flush";

  /** Summary: events of one commit. */
  public static final String INGEST_FLUSH_EVENTS = "fanfare.ingest.flush.events";

  /** Timer: one commit of outcomes. */
  public static final String OUTCOME_FLUSH = "fanfare.outcome.flush";

  /** Summary: outcomes of one commit. */
  public static final String OUTCOME_FLUSH_REPORTS = "fanfare.outcome.flush.reports";

  /** Gauge: bytes of requests received and not committed yet, the queue of ingest. */
  public static final String UNCOMMITTED_BYTES = "fanfare.uncommitted.bytes";

  /** Gauge: attempts ended whose outcome is not committed yet, the queue of outcomes. */
  public static final String UNRECORDED = "fanfare.unrecorded";

  /** Gauge: deliveries in memory, the queues of all webhooks. */
  public static final String HELD_DELIVERIES = "fanfare.held.deliveries";

  /** Gauge: payload in memory, undelivered. */
  public static final String HELD_BYTES = "fanfare.held.bytes";

  /** Gauge: flushes with deliveries in memory. */
  public static final String OPEN_FLUSHES = "fanfare.open.flushes";

  /** Gauge by {@code state}: circuits that are not closed. */
  public static final String CIRCUITS = "fanfare.circuits";

  /** Counter by {@code state}: changes of circuits, by the state they came to. */
  public static final String CIRCUIT_CHANGES = "fanfare.circuit.changes";

  /** Gauge: registered webhooks. */
  public static final String WEBHOOKS = "fanfare.webhooks";

  /** Gauge: open streams of what happens now. */
  public static final String STREAMS = "fanfare.streams";

  /**
   * Gauge: deliveries that the audit found in nobody's hands since the start; anything but 0 is a
   * fault of ours.
   */
  public static final String ORPHANS = "fanfare.orphans";

  /** Gauge by {@code pool}: connections to the database that are open. */
  public static final String POOL_CONNECTIONS = "fanfare.pool.connections";

  /** Gauge by {@code pool}: connections that may be open. */
  public static final String POOL_CONNECTIONS_MAX = "fanfare.pool.connections.max";

  /** Gauge: 1 while PostgreSQL answers, else 0. */
  public static final String DATABASE_UP = "fanfare.database.up";

  /** Timer: a round trip to PostgreSQL, with the wait for a connection. */
  public static final String DATABASE_PING = "fanfare.database.ping";

  /** Counter: spans that the collector took. */
  public static final String SPANS_EXPORTED = "fanfare.spans.exported";

  /** Counter: spans for which there was no room, or that the collector did not take. */
  public static final String SPANS_DROPPED = "fanfare.spans.dropped";

  /** Gauge by {@code loop}: how late an event loop was at the worst within the last ten seconds. */
  public static final String LOOP_LAG = "fanfare.loop.lag.seconds";

  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final MeterRegistry registry;
  private final Counter events;
  private final Counter deliveries;
  private final Timer ingestFlush;
  private final Timer outcomeFlush;
  private final DistributionSummary ingestSize;
  private final DistributionSummary outcomeSize;
  private final Map<Outcome.Kind, Counter> attempts = new EnumMap<>(Outcome.Kind.class);
  private final Map<Settlement.Next, Counter> settled = new EnumMap<>(Settlement.Next.class);
  private final Timer latency;
  private final Counter spansExported;
  private final Counter spansDropped;
  private final Map<String, Counter> circuitChanges = new HashMap<>();

  /** Registers every meter. */
  public FanfareMetrics(MeterRegistry registry) {
    this.registry = registry;
    events = counter(registry, EVENTS_ACCEPTED, "Events committed");
    deliveries = counter(registry, DELIVERIES_ACCEPTED, "Deliveries committed with their events");
    ingestFlush =
        Timer.builder(INGEST_FLUSH).description("Time of one commit of events").register(registry);
    ingestSize =
        DistributionSummary.builder(INGEST_FLUSH_EVENTS)
            .description("Events of one commit")
            .register(registry);
    outcomeFlush =
        Timer.builder(OUTCOME_FLUSH)
            .description("Time of one commit of outcomes")
            .register(registry);
    outcomeSize =
        DistributionSummary.builder(OUTCOME_FLUSH_REPORTS)
            .description("Outcomes of one commit")
            .register(registry);
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      attempts.put(
          kind,
          Counter.builder(ATTEMPTS)
              .description("Attempts by what they met")
              .tag("met", kind.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    for (Settlement.Next next : Settlement.Next.values()) {
      settled.put(
          next,
          Counter.builder(DELIVERIES_SETTLED)
              .description("Deliveries by what followed from an attempt; wait means a retry")
              .tag("next", next.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    latency =
        Timer.builder(ATTEMPT_RESPONSE)
            .description("First byte written to response head")
            .serviceLevelObjectives(LATENCY_BUCKETS)
            .register(registry);
    spansExported = counter(registry, SPANS_EXPORTED, "Spans that the collector took");
    spansDropped =
        counter(registry, SPANS_DROPPED, "Spans without room, or that the collector did not take");
    for (Circuit.State state : Circuit.State.values()) {
      String name = state.name().toLowerCase(Locale.ROOT);
      circuitChanges.put(
          name,
          Counter.builder(CIRCUIT_CHANGES)
              .description("Changes of circuits, by the state they came to")
              .tag("state", name)
              .register(registry));
    }
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** A gauge that is read when somebody scrapes. */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** The same with a tag. */
  public void gauge(
      String name, String description, String tag, String tagged, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).tag(tag, tagged).register(registry);
  }

  /** A timer of what is not counted on the way of events. */
  public Timer timer(String name, String description) {
    return Timer.builder(name).description(description).register(registry);
  }

  @Override
  public void flushed(int eventCount, int deliveryCount, long nanos) {
    events.increment(eventCount);
    deliveries.increment(deliveryCount);
    ingestSize.record(eventCount);
    ingestFlush.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void flushed(int reports, long nanos) {
    outcomeSize.record(reports);
    outcomeFlush.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void settled(Settlement.Next next) {
    count(settled.get(next));
  }

  @Override
  public void ended(Outcome outcome, boolean probe) {
    count(attempts.get(outcome.kind()));
    if (outcome.responseMillis() != null) {
      latency.record(outcome.responseMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void circuit(int webhook, CircuitRecord circuit) {
    count(circuitChanges.get(circuit.state()));
  }

  @Override
  public void exported(int spans) {
    spansExported.increment(spans);
  }

  @Override
  public void dropped(int spans) {
    spansDropped.increment(spans);
  }

  /** Events committed since the start. */
  long eventsAccepted() {
    return (long) events.count();
  }

  /** Deliveries committed with their events since the start. */
  long deliveriesAccepted() {
    return (long) deliveries.count();
  }

  private static void count(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
