package io.fanfare.bench;

/**
 * Measures what the deliveries of a load cost service and PostgreSQL, and whether all of them
 * arrived. Whatever is asked of them is asked before and after, and costs the load nothing.
 */
final class Meter {
  private static final long ARRIVAL_NANOS_MAX = 120_000_000_000L;
  private static final long RECORD_NANOS_MAX = 30_000_000_000L;

  private final BenchedReceiver receiver;
  private final BenchedService service;
  private final ChildProcess[] generators;

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
   * @param database CPU microseconds of a delivery; not a number where the server is elsewhere
   */
  record Reading(
      double perSecond, double service, double database, long lost, long duplicates, Costs costs) {
    /** CPU microseconds of a delivery, of service and PostgreSQL. */
    double sum() {
      return service + database;
    }
  }

  /**
   * @param generators those that have a process of their own
   */
  Meter(BenchedReceiver receiver, BenchedService service, ChildProcess... generators) {
    this.receiver = receiver;
    this.service = service;
    this.generators = generators;
  }

  /** Runs a load of so many deliveries, and waits until they have arrived and are recorded. */
  Reading measure(int deliveries, Load load) throws Exception {
    DatabaseCounters database = service.databaseCounters();
    ServiceCounters countersBefore = service.counters();
    DatabaseCounters.Moment databaseBefore = database.now();
    long before = receiver.received();
    long recordedBefore = service.recorded();
    long receiverCpu = receiver.cpuMicros();
    long generatorCpu = generatorMicros();
    long serviceCpu = service.cpuMicros();
    double postgresCpu = service.postgresCpuMicros();
    long begin = System.nanoTime();
    long generatorMicros = load.run();
    long received = receiver.awaitReceived(before + deliveries, ARRIVAL_NANOS_MAX) - before;
    double seconds = (System.nanoTime() - begin) / 1e9;
    // The outcomes are recorded within the next moments, and belong to the deliveries.
    service.awaitRecorded(recordedBefore + deliveries, RECORD_NANOS_MAX);
    double each = deliveries;
    double serviceMicros = (service.cpuMicros() - serviceCpu - generatorMicros) / each;
    double postgresMicros = (service.postgresCpuMicros() - postgresCpu) / each;
    return new Reading(
        deliveries / seconds,
        serviceMicros,
        postgresMicros,
        Math.max(0, deliveries - received),
        Math.max(0, received - deliveries),
        Costs.of(
            deliveries,
            receiver.cpuMicros() - receiverCpu,
            generatorMicros() - generatorCpu + generatorMicros,
            database.since(databaseBefore),
            service.counters().since(countersBefore)));
  }

  private long generatorMicros() throws Exception {
    long sum = 0;
    for (ChildProcess generator : generators) {
      sum += CpuClock.process(generator.pid());
    }
    return sum;
  }
}
