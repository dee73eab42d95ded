package io.fanfare.bench;

/**
 * Measures what the deliveries of a load cost service and PostgreSQL, and whether all of them
 * arrived.
 */
final class Meter {
  private static final long ARRIVAL_NANOS_MAX = 120_000_000_000L;
  private static final long RECORD_NANOS_MAX = 30_000_000_000L;

  private final BenchedReceiver receiver;
  private final BenchedService service;

  /** Publishes events. */
  interface Load {
    /**
     * Runs; answers with CPU microseconds that were spent in the service's process on the
     * generator's behalf.
     */
    long run() throws Exception;
  }

  /**
   * What a load was.
   *
   * @param service CPU microseconds of a delivery
   * @param database CPU microseconds of a delivery
   */
  record Reading(double perSecond, double service, double database, long lost, long duplicates) {
    /** CPU microseconds of a delivery, of service and PostgreSQL. */
    double sum() {
      return service + database;
    }
  }

  Meter(BenchedReceiver receiver, BenchedService service) {
    this.receiver = receiver;
    this.service = service;
  }

  /** Runs a load of so many deliveries, and waits until they have arrived and are recorded. */
  Reading measure(int deliveries, Load load) throws Exception {
    long before = receiver.received();
    long recordedBefore = service.recorded();
    long serviceCpu = service.cpuMicros();
    long postgresCpu = service.postgresCpuMicros();
    long begin = System.nanoTime();
    long generatorMicros = load.run();
    long received = receiver.received() - before;
    while (received < deliveries && System.nanoTime() - begin < ARRIVAL_NANOS_MAX) {
      received = receiver.received() - before;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    // The outcomes are recorded within the next moments, and belong to the deliveries.
    awaitRecorded(recordedBefore + deliveries);
    return new Reading(
        deliveries / seconds,
        (service.cpuMicros() - serviceCpu - generatorMicros) / (double) deliveries,
        (service.postgresCpuMicros() - postgresCpu) / (double) deliveries,
        Math.max(0, deliveries - received),
        Math.max(0, received - deliveries));
  }

  private void awaitRecorded(long expected) throws Exception {
    long deadline = System.nanoTime() + RECORD_NANOS_MAX;
    while (service.recorded() < expected && System.nanoTime() < deadline) {
      Thread.sleep(5); // each look costs the service a page of metrics
    }
  }
}
