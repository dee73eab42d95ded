package io.fanfare.faults;

import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What can happen to PostgreSQL. */
final class ServerFaults {
  static final Map<String, Fault> ALL =
      Map.of(
          "server-fast", place -> restarted(place, "INT"),
          "server-immediate", place -> restarted(place, "QUIT"),
          "server-killed", ServerFaults::killed,
          "server-frozen", ServerFaults::frozen,
          "server-backends", ServerFaults::backends);

  private static final int RUNS = 3;

  private ServerFaults() {}

  /** Stopped in good order, or as if it had crashed; and started again. */
  private static Figures restarted(Place place, String signal) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      for (int i = 0; i < Math.max(RUNS, place.runs()); i++) {
        run.load();
        run.awaitAccepted(1_000);
        long postmaster = place.server().postmaster();
        Signals.send(signal, List.of(postmaster));
        run.awaitRefused(4);
        ProcessHandle.of(postmaster).ifPresent(process -> process.onExit().join());
        place.server().startAgain();
        run.healed();
        run.recovered();
        run.awaitAccepted(200);
        run.settled();
      }
      return run.figures();
    }
  }

  /** {@code kill -9} of the server, and of the service with it. */
  private static Figures killed(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      for (int i = 0; i < Math.max(RUNS, place.runs()); i++) {
        run.load();
        run.awaitAccepted(1_000);
        place.server().kill();
        run.kill();
        place.server().startAgain();
        run.startService(List.of());
        run.recovered();
        run.awaitAccepted(200);
        run.settled();
      }
      return run.figures();
    }
  }

  /** It stands still with its connections open. */
  private static Figures frozen(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      run.load();
      run.awaitAccepted(1_000);
      List<Long> processes = place.server().processes();
      Signals.send("STOP", processes);
      try {
        run.awaitRefused(4);
        run.passes(Duration.ofSeconds(10));
      } finally {
        Signals.send("CONT", processes);
      }
      run.healed();
      run.recovered();
      run.awaitAccepted(1_000);
      run.settled();
      return run.figures();
    }
  }

  /** Every connection is ended, once a second. */
  private static Figures backends(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      run.load();
      run.awaitAccepted(1_000);
      for (int i = 0; i < 20; i++) {
        place
            .server()
            .execute(
                run.vertx,
                "select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname like 'fault_%' and pid <> pg_backend_pid()");
        run.healed();
        run.passes(Duration.ofSeconds(1));
      }
      run.recovered();
      run.awaitAccepted(1_000);
      run.settled();
      return run.figures();
    }
  }
}
