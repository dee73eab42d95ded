package io.fanfare.bench;

import io.vertx.core.json.JsonObject;

/** What one way of publishing reached in one round, and the ceiling around it. */
record Measured(Meter.Reading reading, Ceiling ceiling) {
  /** Deliveries a second, as a share of the ceiling. */
  double ratio() {
    return reading.perSecond() / ceiling.perSecond();
  }

  /** CPU of service and PostgreSQL, in units of what one raw POST costs its sender. */
  double timesRaw() {
    return reading.sum() / ceiling.cpuMicros();
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("per_second", reading.perSecond())
            .put("ceiling_per_second", ceiling.perSecond())
            .put("ratio", ratio())
            .put("service_micros", reading.service())
            .put("raw_micros", ceiling.cpuMicros())
            .put("lost", reading.lost())
            .put("duplicates", reading.duplicates())
            .mergeIn(reading.costs().json());
    Figures.put(json, "postgres_micros", reading.database());
    Figures.put(json, "times_raw", timesRaw());
    return json;
  }
}
