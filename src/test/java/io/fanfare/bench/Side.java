package io.fanfare.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One of the two services that are compared, with its own database and generator. */
final class Side implements AutoCloseable {
  private final BenchedService service;
  private final ChildProcess generator;
  private final Meter meter;
  private final Ways ways;

  private Side(BenchedReceiver receiver, BenchedService service) throws IOException {
    this.service = service;
    this.generator = Ways.startGenerator(service);
    this.meter = new Meter(receiver, service, generator);
    this.ways = new Ways(service, generator);
  }

  /**
   * Starts it on a new database.
   *
   * @param classPath of the service's process
   * @param moreOptions of its Java
   */
  static Side start(
      BenchedReceiver receiver, Path database, String classPath, List<String> moreOptions)
      throws IOException {
    return new Side(receiver, BenchedService.startOther(database, classPath, moreOptions));
  }

  Ways ways() {
    return ways;
  }

  /** Runs one load. */
  Meter.Reading measure(Ways.Way way) throws Exception {
    return meter.measure(way.deliveries(), way.load());
  }

  @Override
  public void close() {
    generator.close();
    service.close();
  }
}
