package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.failpoint.Failpoint;
import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import io.fanfare.faults.History.Hook;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A crash at every {@link Failpoint}; those that steady load comes by are hit more than once. */
final class CrashFaults {
  private static final String OLD_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String NEW_KEY = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
  private static final int[] TURNS = {1, 50};

  /** How one of them is reached. */
  private interface Way {
    void crash(FaultRun run, Failpoint point) throws Exception;
  }

  private static final Map<Failpoint, Way> WAYS =
      new EnumMap<>(
          Map.of(
              Failpoint.RECOVERY_MID, CrashFaults::inRecovery,
              Failpoint.REDELIVER_AFTER_INSERT, CrashFaults::inRedelivery,
              Failpoint.WEBHOOK_DELETE_MID, CrashFaults::inDeletion,
              Failpoint.REKEY_MID, CrashFaults::inRekeying,
              Failpoint.DRAIN_MID, CrashFaults::inDraining));

  static final Map<String, Fault> ALL = new TreeMap<>();

  static {
    for (Failpoint point : Failpoint.values()) {
      String name = "crash-" + point.name().toLowerCase(Locale.ROOT).replace('_', '-');
      ALL.put(name, point == Failpoint.MIGRATE_MID ? CrashFaults::migrating : p -> crash(p, point));
    }
  }

  private CrashFaults() {}

  private static String armed(Failpoint point, int turn) {
    return "-D" + Failpoint.PROPERTY + "=" + point.name() + ":" + turn;
  }

  private static Figures crash(Place place, Failpoint point) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      Way way = WAYS.get(point);
      if (way != null) {
        way.crash(run, point);
      } else {
        for (int turn : point == Failpoint.NODE_BEFORE_MARK ? new int[] {2} : TURNS) {
          underLoad(run, point, turn);
        }
      }
      return run.figures();
    }
  }

  /** Starts the service again with the point armed. */
  private static void arm(FaultRun run, Failpoint point, int turn) throws Exception {
    run.client().close();
    run.service().close();
    run.startService(List.of(armed(point, turn)));
  }

  private static void hasDied(FaultRun run) throws Exception {
    assertThat(run.service().exitCode()).isEqualTo(Failpoint.EXIT_CODE);
    run.died();
  }

  private static void underLoad(FaultRun run, Failpoint point, int turn) throws Exception {
    run.load();
    run.awaitAccepted(200);
    // Disarmed until now: the registrations must not be what dies. The load goes on.
    run.service().close();
    assertThat(run.diesByItself(List.of(armed(point, turn)))).isEqualTo(Failpoint.EXIT_CODE);
    run.startService(List.of());
    run.recovered();
    run.awaitAccepted(500);
    run.settled();
  }

  private static void inRecovery(FaultRun run, Failpoint point) throws Exception {
    run.load();
    run.awaitAccepted(1_000);
    run.kill();
    assertThat(run.diesByItself(List.of(armed(point, 1)))).isEqualTo(Failpoint.EXIT_CODE);
    run.startService(List.of());
    run.recovered();
    run.settled();
  }

  private static void inRedelivery(FaultRun run, Failpoint point) throws Exception {
    run.load();
    run.awaitAccepted(200);
    run.settled();
    arm(run, point, 1);
    Hook hook = run.hooks().get(0);
    History.Told first = Histories.told(run.client(), hook.id()).get(0);
    int before = run.receiver.count();
    run.client()
        .post(
            "/api/webhooks/" + hook.id() + "/deliveries/" + first.delivery() + "/redeliver",
            new JsonObject());
    hasDied(run);
    run.startService(List.of());
    await().atMost(Duration.ofSeconds(30)).until(() -> run.receiver.count() > before);
  }

  /** A deletion that was never answered: the webhook is there as if nobody had asked. */
  private static void inDeletion(FaultRun run, Failpoint point) throws Exception {
    run.load();
    run.awaitAccepted(200);
    run.settled();
    arm(run, point, 1);
    Hook hook = run.hooks().get(0);
    run.client().delete("/api/webhooks/" + hook.id());
    hasDied(run);
    run.startService(List.of());
    assertThat(await(run.client().get("/api/webhooks/" + hook.id())).getString("webhook_id"))
        .isEqualTo(hook.id());
    run.load();
    run.awaitAccepted(200);
    run.settled();
  }

  private static void inRekeying(FaultRun run, Failpoint point) throws Exception {
    for (int i = 0; i < 3; i++) {
      run.load();
      run.awaitAccepted(20);
      run.settled();
    }
    run.client().close();
    run.service().close();
    run.environment().put("FANFARE_SECRETS_KEYS", NEW_KEY + "," + OLD_KEY);
    assertThat(rekey(run, List.of(armed(point, 1)))).isEqualTo(Failpoint.EXIT_CODE);
    assertThat(rekey(run, List.of())).isZero();
    run.environment().put("FANFARE_SECRETS_KEYS", NEW_KEY);
    run.startService(List.of());
    // What was sealed with the old key signs as before.
    Hook old = run.hooks().get(0);
    await(
        run.client()
            .post(
                "/api/events",
                new JsonObject()
                    .put("event", "build.started")
                    .put("project_id", "round3")
                    .put("data", new JsonObject().put("mark", "rekeyed"))));
    await()
        .until(
            () -> run.receiver.got(old.path()).stream().anyMatch(g -> g.mark().equals("rekeyed")));
    assertThat(run.receiver.got(old.path())).allMatch(g -> Signatures.verify(old.secret(), g));
  }

  private static int rekey(FaultRun run, List<String> java)
      throws IOException, InterruptedException {
    Process process =
        ServiceProcess.launch(run.folder, List.of("secrets", "rekey"), java, run.environment());
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private static void inDraining(FaultRun run, Failpoint point) throws Exception {
    run.load();
    run.awaitAccepted(200);
    arm(run, point, 1);
    run.awaitAccepted(500);
    run.service().terminate();
    hasDied(run);
    run.startService(List.of());
    run.recovered();
    run.awaitAccepted(200);
    run.settled();
  }

  private static Figures migrating(Place place) throws Exception {
    // A database that no service has seen: the first start dies in the middle of its schema.
    Map<String, String> environment =
        Map.of("FANFARE_DATABASE_URL", place.database(), "FANFARE_SECRETS_KEYS", OLD_KEY);
    Process first =
        ServiceProcess.launch(
            place.folder(),
            List.of("start"),
            List.of(armed(Failpoint.MIGRATE_MID, 2)),
            environment);
    assertThat(first.waitFor()).isEqualTo(Failpoint.EXIT_CODE);
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      run.load();
      run.awaitAccepted(200);
      run.settled();
      return run.figures();
    }
  }
}
