package io.fanfare.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;

/**
 * The ways in which events are published to one service, for 1,000 webhooks of each kind; and, over
 * the event bus, for other numbers of webhooks.
 */
final class Ways {
  static final int BYTES = 600;
  static final int WEBHOOKS = 1_000;
  static final int MANY_WEBHOOKS = 10_000;

  /** The way that others are compared with. */
  static final String USUAL = "event bus, fan-out 1";

  /** The same for ten times as many webhooks. */
  static final String MANY = "event bus, 10,000 webhooks";

  private static final String SINGLE_TYPE = "build.started";
  private static final String GROUP_TYPE = "build.completed";
  private static final int FAN_OUT = 10;
  private static final String CROWD_TYPE = "deployment.started";
  private static final int CROWD = 100;
  private static final String MANY_TYPE = "file.updated";
  // What one webhook may have in memory is 256; beyond that the database would be measured.
  private static final int UNDELIVERED_OF_ONE = 200;
  private static final int OUTSTANDING = 2_000;
  private static final int REQUESTS_OUTSTANDING = 128;
  private static final int BATCHES_OUTSTANDING = 16;

  private final BenchedService service;
  private final ChildProcess restGenerator;

  /** One of them: a load of so many deliveries. */
  record Way(String name, int deliveries, Meter.Load load) {}

  /**
   * @param restGenerator as {@link #startGenerator} starts it
   */
  Ways(BenchedService service, ChildProcess restGenerator) {
    this.service = service;
    this.restGenerator = restGenerator;
  }

  /** Starts the generator for REST of a service. */
  static ChildProcess startGenerator(BenchedService service) throws IOException {
    return RestGenerator.start(service, SINGLE_TYPE, WEBHOOKS, BYTES);
  }

  /**
   * One webhook for each event of fan-out 1 in turn is not how matching works: projects spread the
   * events. One kind after the other: created in turns they would have odd numbers and even ones,
   * and all work of a kind would be one event loop's.
   */
  void createWebhooks() throws Exception {
    service.createWebhooks(WEBHOOKS, "/hook/", SINGLE_TYPE);
    String url = BenchedReceiver.url(BenchedReceiver.PORT, "/hook/");
    for (int i = 0; i < WEBHOOKS; i++) {
      service.createWebhook("bench group " + i, url + "g" + i, GROUP_TYPE, "p" + i / FAN_OUT);
    }
  }

  /** What makes a service and its generators warm. A cold JVM measures its compilers. */
  List<Way> warmUp() {
    return List.of(bus(1, 500_000), rest(1, 300_000), rest(100, 100_000));
  }

  /**
   * All of them.
   *
   * @param deliveries of each; of the slowest half as many
   */
  List<Way> all(int deliveries) {
    return List.of(
        bus(1, deliveries),
        bus(FAN_OUT, deliveries),
        rest(100, deliveries),
        rest(1, deliveries / 2));
  }

  /** Further webhooks, for {@link #more}; the next service on the database knows them. */
  static void fill(BenchedDatabase database) {
    WebhookFill fill = new WebhookFill(database);
    fill.add(WEBHOOKS, "/hook/c", CROWD_TYPE, number -> "p" + number / CROWD);
    fill.add(MANY_WEBHOOKS, "/hook/m", MANY_TYPE, number -> "p" + number);
    fill.vacuum();
  }

  /** Other numbers of webhooks, and of those that an event matches. */
  List<Way> more(int deliveries) {
    return List.of(
        bus("event bus, fan-out " + CROWD, CROWD_TYPE, WEBHOOKS, CROWD, deliveries),
        manyWebhooks(deliveries),
        bus("event bus, 1 webhook", SINGLE_TYPE, 1, 1, deliveries / 2));
  }

  /** One event for each of them, which wakes the webhooks of {@link #MANY}. */
  Way wakeMany() {
    return manyWebhooks(MANY_WEBHOOKS);
  }

  private Way manyWebhooks(int deliveries) {
    return bus(MANY, MANY_TYPE, MANY_WEBHOOKS, 1, deliveries);
  }

  private Way bus(int fanOut, int deliveries) {
    return bus(
        "event bus, fan-out " + fanOut,
        fanOut == 1 ? SINGLE_TYPE : GROUP_TYPE,
        WEBHOOKS,
        fanOut,
        deliveries);
  }

  private Way bus(String name, String type, int webhooks, int fanOut, int deliveries) {
    return new Way(
        name,
        deliveries,
        () -> {
          JsonObject done =
              service.publish(
                  new BusRun.Order(
                      type,
                      deliveries / fanOut,
                      BYTES,
                      OUTSTANDING,
                      webhooks / fanOut,
                      fanOut,
                      webhooks == 1 ? UNDELIVERED_OF_ONE : Pace.UNDELIVERED_MAX,
                      BenchedReceiver.PORT));
          warnOfFailed(done.getInteger("failed"));
          return done.getLong("cpu_nanos") / 1_000;
        });
  }

  private Way rest(int batch, int deliveries) {
    return new Way(
        (batch == 1 ? "REST single" : "REST batch of " + batch) + ", fan-out 1",
        deliveries,
        () -> {
          int outstanding = batch == 1 ? REQUESTS_OUTSTANDING : BATCHES_OUTSTANDING;
          restGenerator.tell(deliveries + " " + batch + " " + outstanding);
          restGenerator.await(RestGenerator.NANOS);
          warnOfFailed(restGenerator.await(RestGenerator.FAILED));
          return 0L;
        });
  }

  private static void warnOfFailed(long publishes) {
    if (publishes > 0) {
      System.out.println("  failed publishes: " + publishes);
    }
  }
}
