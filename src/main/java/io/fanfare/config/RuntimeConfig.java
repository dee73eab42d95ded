package io.fanfare.config;

/** The process. {@code eventLoops} 0 is one for each processor. */
public record RuntimeConfig(int eventLoops) {

  /** Checks the bounds. */
  public RuntimeConfig {
    new Limits().count("eventLoops", eventLoops, 0, 256).enforce();
  }

  /** How many event loops there are: at least one. */
  @Override
  public int eventLoops() {
    return eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
  }
}
