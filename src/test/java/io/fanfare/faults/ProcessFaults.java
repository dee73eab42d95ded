package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** What can happen to the process of the service. */
final class ProcessFaults {
  static final Map<String, Fault> ALL =
      Map.of(
          "kill", ProcessFaults::kill,
          "terminate", ProcessFaults::terminate,
          "pause", ProcessFaults::pause,
          "descriptors", ProcessFaults::descriptors,
          "heap", ProcessFaults::heap,
          "clock", ProcessFaults::clock);

  private static final int KILLS = 200;

  // Longer than the 30 s after which a message within the process counts as unanswered.
  private static final Duration PAUSE = Duration.ofSeconds(35);

  private ProcessFaults() {}

  /** {@code kill -9} at random moments, of a process that works or one that is just starting. */
  private static Figures kill(Place place) throws Exception {
    long seed = Long.getLong("faults.seed", System.nanoTime());
    System.out.println("faults.seed = " + seed);
    int runs = place.runs() > 0 ? place.runs() : KILLS;
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      long end =
          System.nanoTime() + Duration.ofSeconds(Long.getLong("faults.seconds", 86_400L)).toNanos();
      for (int i = 0; i < runs && System.nanoTime() < end; i++) {
        Random random = new Random(seed + i);
        run.load();
        run.awaitAccepted(1_000 + random.nextInt(500));
        run.poll();
        run.passes(Duration.ofMillis(1 + random.nextInt(200)));
        run.kill();
        if (random.nextInt(5) == 0) {
          Process starting =
              ServiceProcess.launch(
                  place.folder(), List.of("start"), FaultRun.SMALL_JAVA, run.environment());
          run.passes(Duration.ofMillis(500 + random.nextInt(2_000)));
          starting.destroyForcibly().waitFor();
          run.died();
        }
        run.startService(List.of());
        run.recovered();
        run.awaitAccepted(100);
        run.settled();
      }
      return run.figures();
    }
  }

  /** SIGTERM under load: nothing is sent twice. */
  private static Figures terminate(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      for (int i = 0; i < Math.max(5, place.runs()); i++) {
        run.load();
        run.awaitAccepted(1_000);
        run.service().terminate();
        assertThat(run.service().exitCode()).isZero();
        run.healed();
        run.client().close();
        run.startService(List.of());
        run.recovered();
        run.settled();
      }
      return run.figures();
    }
  }

  /** SIGSTOP, and everything that was due meanwhile at once. */
  private static Figures pause(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      run.load();
      run.awaitAccepted(1_000);
      run.mayBlock();
      List<Long> service = List.of(run.service().pid());
      Signals.send("STOP", service);
      run.passes(PAUSE);
      run.healed();
      Signals.send("CONT", service);
      run.recovered();
      run.awaitAccepted(1_000);
      // Answers that came while it stood still were read after their deadlines.
      run.settled(1);
      return run.figures();
    }
  }

  /** No free file descriptor for some seconds. */
  private static Figures descriptors(Place place) throws Exception {
    try (FaultRun run = FaultRun.start(place.name(), place.folder(), place.database())) {
      run.load();
      run.awaitAccepted(1_000);
      long pid = run.service().pid();
      long open;
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
        open = descriptors.count();
      }
      String before =
          Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
              .filter(line -> line.startsWith("Max open files"))
              .map(line -> line.replaceAll("\\D+", " ").strip())
              .map(numbers -> numbers.substring(0, numbers.indexOf(' ')))
              .findFirst()
              .orElseThrow();
      limit(pid, Long.toString(open + 5));
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), run.service().port()));
      }
      run.passes(Duration.ofSeconds(5));
      for (Socket socket : sockets) {
        socket.close();
      }
      run.healed();
      limit(pid, before);
      run.recovered();
      run.awaitAccepted(500);
      assertThat(run.service().isAlive()).isTrue();
      run.settled();
      return run.figures();
    }
  }

  private static void limit(long pid, String files) throws IOException, InterruptedException {
    Signals.run(List.of("prlimit", "--pid", Long.toString(pid), "--nofile=" + files + ":"));
  }

  /** A heap that is too small for the load: it may end, and nothing may be lost. */
  private static Figures heap(Place place) throws Exception {
    try (FaultRun run =
        FaultRun.start(
            place.name(),
            place.folder(),
            place.database(),
            Map.of(),
            List.of("-Xmx64m", "-XX:MaxDirectMemorySize=24m", "-XX:+ExitOnOutOfMemoryError"))) {
      run.mayBlock();
      run.load();
      run.awaitAccepted(200);
      run.publisher().padded(100_000);
      long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !run.service().isAlive() || System.nanoTime() > end);
      System.out.println(
          run.service().isAlive() ? "heap: it has lived on" : "heap: it has ended, code 3");
      run.publisher().padded(0);
      if (run.service().isAlive()) {
        run.kill();
      } else {
        assertThat(run.service().exitCode()).as("the code of ExitOnOutOfMemoryError").isEqualTo(3);
        run.died();
      }
      run.startService(List.of());
      run.recovered();
      run.settled();
      return run.figures();
    }
  }

  /** A clock that steps an hour forward, two back, and three forward. */
  private static Figures clock(Place place) throws Exception {
    Path source = Path.of("src/test/resources/faults/clock.c").toAbsolutePath();
    Path library = place.folder().resolve("clock.so");
    Path offset = place.folder().resolve("offset");
    Signals.run(List.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString()));
    step(offset, 0);
    try (FaultRun run =
        FaultRun.start(
            place.name(),
            place.folder(),
            place.database(),
            Map.of("LD_PRELOAD", library.toString(), "CLOCK_OFFSET_FILE", offset.toString()),
            List.of())) {
      run.load();
      run.awaitAccepted(500);
      for (int hours : new int[] {1, -1, 2}) {
        step(offset, hours * 3_600L);
        run.healed();
        run.recovered();
        run.awaitAccepted(500);
      }
      // What waited for a moment that the clock has jumped over comes early.
      run.settled(3);
      return run.figures();
    }
  }

  /** In place: the process has the file mapped. */
  private static void step(Path offset, long seconds) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, seconds);
    Files.write(offset, bytes.array());
  }
}
