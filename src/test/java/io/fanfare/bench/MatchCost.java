package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to publish events, by the number of webhooks that do not match: CPU microseconds of
 * service and PostgreSQL for an event of the event bus that matches none, and for one that matches
 * one, until its delivery is recorded.
 */
final class MatchCost {
  private static final int BYTES = 600;
  private static final int OUTSTANDING = 2_000;
  // What one webhook may have in memory is 256; beyond that the database would be measured.
  private static final int UNDELIVERED_MAX = 200;
  private static final int WARM_EVENTS = 60_000;
  private static final int EVENTS = 30_000;
  private static final int ROUNDS = 3;

  private final BenchedReceiver receiver;
  private final BenchedService service;

  /**
   * Medians of the rounds.
   *
   * @param none CPU microseconds of an event that matches nothing
   * @param one of one that matches one webhook, its delivery included
   */
  record Cost(double none, double one) {
    JsonObject json() {
      JsonObject json = new JsonObject();
      Figures.put(json, "match_none_micros", none);
      Figures.put(json, "match_one_micros", one);
      return json;
    }
  }

  MatchCost(BenchedReceiver receiver, BenchedService service) {
    this.receiver = receiver;
    this.service = service;
  }

  /**
   * Publishes.
   *
   * @param none a type that nobody wants
   * @param one a type that one webhook of the project {@code p0} wants
   */
  Cost measure(String none, String one) throws Exception {
    matchesNone(none, WARM_EVENTS);
    matchesOne(one, WARM_EVENTS);
    List<Double> nones = new ArrayList<>();
    List<Double> ones = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      nones.add(matchesNone(none, EVENTS));
      ones.add(matchesOne(one, EVENTS));
    }
    return new Cost(Medians.of(nones, Double::doubleValue), Medians.of(ones, Double::doubleValue));
  }

  private double matchesNone(String type, int events) throws Exception {
    long service = this.service.cpuMicros();
    double postgres = this.service.postgresCpuMicros();
    long generator = publish(type, events, Integer.MAX_VALUE, 0);
    return (this.service.cpuMicros()
            - service
            - generator
            + this.service.postgresCpuMicros()
            - postgres)
        / events;
  }

  private double matchesOne(String type, int events) throws Exception {
    return new Meter(receiver, service)
        .measure(events, () -> publish(type, events, UNDELIVERED_MAX, 1))
        .sum();
  }

  private long publish(String type, int events, int undelivered, int fanOut) throws Exception {
    JsonObject done =
        service.publish(
            new BusRun.Order(
                type, events, BYTES, OUTSTANDING, 1, fanOut, undelivered, BenchedReceiver.PORT));
    if (done.getInteger("failed") > 0) {
      throw new IllegalStateException("failed publishes: " + done.getInteger("failed"));
    }
    return done.getLong("cpu_nanos") / 1_000;
  }
}
