package io.fanfare.api;

/** The routes of one resource. Shared by all event loops: it keeps no state of its own. */
public interface ResourceHandler {
  /** Adds its routes. */
  void addRoutes(Routes routes);
}
