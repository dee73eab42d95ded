package io.fanfare.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;

/**
 * Events that match every webhook, one after the other: how long a publisher waits for its 202, how
 * long it takes until all deliveries are at the receiver, what they cost, and the memory.
 */
final class EventForAll {
  private static final PrintStream OUT = System.out;
  private static final int SMALL = 600;
  // Too large for all of them to be held in memory: most wait in the database.
  private static final int LARGE = 10_000;
  private static final int[] SIZES = {SMALL, SMALL, SMALL, LARGE};
  // Webhooks without work leave memory after 60 s, looked for every 5 s.
  private static final long ASLEEP_MILLIS = 75_000;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final int webhooks;
  private double acceptedSeconds;

  EventForAll(BenchedReceiver receiver, BenchedService service, int webhooks) {
    this.receiver = receiver;
    this.service = service;
    this.webhooks = webhooks;
  }

  /** Publishes, prints a line for each event, and answers with all figures and {@code lost}. */
  JsonObject measure(String type) throws Exception {
    OUT.printf(
        "%none event that matches %,d webhooks%n%-20s %8s %10s %13s %11s %12s %13s %10s %5s %4s%n",
        webhooks,
        "bytes of its data",
        "202, s",
        "arrived, s",
        "deliveries/s",
        "service µs",
        "postgres µs",
        "resident MiB",
        "heap MiB",
        "lost",
        "dup");
    double before = service.heapMebibytes();
    JsonArray events = new JsonArray();
    long lost = 0;
    for (int bytes : SIZES) {
      JsonObject event = publish(type, bytes);
      lost += event.getLong("lost");
      events.add(event);
    }
    try (BenchedDatabase database = new BenchedDatabase(service.databaseUrl())) {
      database.rest(ASLEEP_MILLIS);
    }
    double bytesOfEach = (service.heapMebibytes() - before) * (1 << 20) / webhooks;
    OUT.printf("%nasleep again: %,.0f bytes of heap more for each than before%n", bytesOfEach);
    return new JsonObject()
        .put("events", events)
        .put("lost", lost)
        .put("asleep_bytes_of_each", bytesOfEach);
  }

  private JsonObject publish(String type, int bytes) throws Exception {
    Resident resident = Resident.watch(service);
    Meter.Reading reading;
    try (resident) {
      reading =
          new Meter(receiver, service)
              .measure(
                  webhooks,
                  () -> {
                    long begin = System.nanoTime();
                    service.publishOne(type, SampleData.ofBytes(bytes));
                    acceptedSeconds = (System.nanoTime() - begin) / 1e9;
                    return 0L;
                  });
    }
    double heap = service.heapMebibytes();
    double seconds = webhooks / reading.perSecond();
    OUT.printf(
        "%,-20d %8.2f %10.1f %13.0f %11.1f %12s %13d %10.0f %5d %4d%n",
        bytes,
        acceptedSeconds,
        seconds,
        reading.perSecond(),
        reading.service(),
        Figures.text("%.1f", reading.database()),
        resident.most(),
        heap,
        reading.lost(),
        reading.duplicates());
    JsonObject json = new JsonObject();
    Figures.put(json, "postgres_micros", reading.database());
    return json.put("bytes", bytes)
        .put("accepted_seconds", acceptedSeconds)
        .put("arrived_seconds", seconds)
        .put("per_second", reading.perSecond())
        .put("service_micros", reading.service())
        .put("resident_mebibytes", resident.most())
        .put("heap_mebibytes", heap)
        .put("lost", reading.lost())
        .put("duplicates", reading.duplicates())
        .put("costs", reading.costs().json());
  }
}
