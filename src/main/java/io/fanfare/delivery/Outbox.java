package io.fanfare.delivery;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers what the verticles of one event loop report in one turn of it, and sends one message to
 * each outcome verticle: a busy loop reads many answers in a turn. Used from its loop only.
 */
final class Outbox {
  private final Context home;
  private final Map<Integer, List<ToRecord>> bySupervisor = new HashMap<>();
  private boolean scheduled;

  /**
   * @param home context of the loop
   */
  Outbox(Context home) {
    this.home = home;
  }

  /** Sends it before the loop goes to sleep. */
  void add(int supervisor, ToRecord item) {
    bySupervisor.computeIfAbsent(supervisor, n -> new ArrayList<>()).add(item);
    if (!scheduled) {
      scheduled = true;
      home.runOnContext(v -> send());
    }
  }

  /** Sends at once what was gathered. */
  void send() {
    scheduled = false;
    bySupervisor.forEach(
        (supervisor, items) ->
            home.owner()
                .eventBus()
                .send(Addresses.outcome(supervisor), new Reports(items), LocalCodec.OPTIONS));
    bySupervisor.clear();
  }
}
