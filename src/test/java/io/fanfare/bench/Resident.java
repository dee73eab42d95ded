package io.fanfare.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Watches the memory that a service's process has in use, until it is closed. */
final class Resident implements AutoCloseable {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final BenchedService service;
  private final long first;
  private volatile long most;
  private volatile boolean closed;

  private Resident(BenchedService service) throws IOException {
    this.service = service;
    this.first = service.residentMebibytes();
    this.most = first;
  }

  /** Looks ten times a second from now on. */
  static Resident watch(BenchedService service) throws IOException {
    Resident resident = new Resident(service);
    Thread watcher = new Thread(resident::watch, "bench-resident");
    watcher.setDaemon(true);
    watcher.start();
    return resident;
  }

  /** In MiB, when it was watched first. */
  long first() {
    return first;
  }

  /** In MiB, the most so far. */
  long most() {
    return most;
  }

  private void watch() {
    while (!closed) {
      try {
        most = Math.max(most, service.residentMebibytes());
      } catch (IOException e) {
        return; // it has ended
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
