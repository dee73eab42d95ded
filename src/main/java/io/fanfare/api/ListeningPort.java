package io.fanfare.api;

import java.util.function.IntSupplier;

/** The port on which the service listens; 0 until it does. Thread-safe. */
public final class ListeningPort implements IntSupplier {
  private volatile int port;

  @Override
  public int getAsInt() {
    return port;
  }

  void set(int actual) {
    port = actual;
  }
}
