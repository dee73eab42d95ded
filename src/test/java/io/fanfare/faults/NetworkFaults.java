package io.fanfare.faults;

import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import io.fanfare.faults.Relay.Mode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What can happen on the way to PostgreSQL, and on the way to receivers. */
final class NetworkFaults {
  static final Map<String, Fault> ALL = new TreeMap<>();

  static {
    for (Mode mode : Mode.values()) {
      if (mode != Mode.PASS) {
        String name = mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
        ALL.put("receiver-" + name, place -> receiver(place, mode));
        if (mode != Mode.CORRUPT) {
          // PostgreSQL's protocol has no checksum: corruption below it is TLS's to find.
          ALL.put("database-" + name, place -> database(place, mode));
        }
      }
    }
  }

  private static final Duration LASTS = Duration.ofSeconds(8);
  private static final int ATTEMPTS_MAX = 20;

  private NetworkFaults() {}

  private static Figures database(Place place, Mode mode) throws Exception {
    io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    int port = place.server().port();
    try (Relay relay = Relay.start(vertx, "127.0.0.1", port);
        FaultRun run =
            FaultRun.start(
                place.name(),
                place.folder(),
                place.database().replace(":" + port + "/", ":" + relay.port() + "/"))) {
      run.load();
      run.awaitAccepted(500);
      relay.mode(mode);
      run.passes(LASTS);
      relay.mode(Mode.PASS);
      run.healed();
      run.recovered();
      run.awaitAccepted(500);
      run.settled();
      return run.figures();
    } finally {
      vertx.close();
    }
  }

  private static Figures receiver(Place place, Mode mode) throws Exception {
    io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database());
        Relay relay = Relay.start(vertx, "127.0.0.1", run.receiver.port())) {
      run.load(relay.port());
      run.awaitAccepted(500);
      relay.mode(mode);
      run.passes(LASTS);
      relay.mode(Mode.PASS);
      run.healed();
      run.recovered();
      run.awaitAccepted(500);
      // Where the answer is lost on its way, asking again is right.
      run.settled(ATTEMPTS_MAX);
      return run.figures();
    } finally {
      vertx.close();
    }
  }
}
