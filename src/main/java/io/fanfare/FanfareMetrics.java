package io.fanfare;

import io.fanfare.delivery.Circuit;
import io.fanfare.delivery.Delivering.AttemptListener;
import io.fanfare.delivery.Outcome;
import io.fanfare.event.EventIngestVerticle.IngestListener;
import io.fanfare.outcome.OutcomeVerticle.OutcomeListener;
import io.fanfare.outcome.Settlement;
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

/** The catalogue of metrics. Tags are bounded: never a webhook, never a URL. Thread-safe. */
public final class FanfareMetrics implements IngestListener, AttemptListener, OutcomeListener {
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
  private final Map<String, Counter> circuitChanges = new HashMap<>();

  /** Registers every meter. */
  public FanfareMetrics(MeterRegistry registry) {
    this.registry = registry;
    events =
        Counter.builder("fanfare.events.accepted")
            .description("Events committed")
            .register(registry);
    deliveries =
        Counter.builder("fanfare.deliveries.accepted")
            .description("Deliveries committed with their events")
            .register(registry);
    ingestFlush =
        Timer.builder("fanfare.ingest.flush")
            .description("Time of one commit of events")
            .register(registry);
    ingestSize =
        DistributionSummary.builder("fanfare.ingest.flush.events")
            .description("Events of one commit")
            .register(registry);
    outcomeFlush =
        Timer.builder("fanfare.outcome.flush")
            .description("Time of one commit of outcomes")
            .register(registry);
    outcomeSize =
        DistributionSummary.builder("fanfare.outcome.flush.reports")
            .description("Outcomes of one commit")
            .register(registry);
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      attempts.put(
          kind,
          Counter.builder("fanfare.attempts")
              .description("Attempts by what they met")
              .tag("met", kind.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    for (Settlement.Next next : Settlement.Next.values()) {
      settled.put(
          next,
          Counter.builder("fanfare.deliveries.settled")
              .description("Deliveries by what followed from an attempt; wait means a retry")
              .tag("next", next.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    latency =
        Timer.builder("fanfare.attempt.response")
            .description("First byte written to response head")
            .serviceLevelObjectives(LATENCY_BUCKETS)
            .register(registry);
    for (Circuit.State state : Circuit.State.values()) {
      String name = state.name().toLowerCase(Locale.ROOT);
      circuitChanges.put(
          name,
          Counter.builder("fanfare.circuit.changes")
              .description("Changes of circuits, by the state they came to")
              .tag("state", name)
              .register(registry));
    }
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
