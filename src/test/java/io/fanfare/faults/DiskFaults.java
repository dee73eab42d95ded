package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fanfare.faults.FaultRunsTest.Fault;
import io.fanfare.faults.FaultRunsTest.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What can happen to the disk below PostgreSQL: a file system of its own, in a file. For root. */
final class DiskFaults {
  static final Map<String, Fault> ALL =
      Map.of(
          "disk-full", DiskFaults::full,
          "power-loss", DiskFaults::powerLoss,
          "power-loss-unsafe", DiskFaults::powerLossUnsafe);

  private static final int RUNS = 3;

  // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: what was not flushed is gone.
  private static final String SHUTDOWN =
      "import fcntl, os, struct, sys;"
          + " fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";

  private DiskFaults() {}

  /** A file system in a file. */
  private record Disk(Path image, Path folder) implements AutoCloseable {
    static Disk make(Place place) throws IOException, InterruptedException {
      assumeTrue("root".equals(System.getProperty("user.name")), "needs root to mount");
      Path image = place.folder().resolve("disk.img");
      Path folder = Files.createDirectory(place.folder().resolve("disk"));
      Signals.run(List.of("truncate", "-s", "400M", image.toString()));
      Signals.run(List.of("mkfs.ext4", "-q", "-F", image.toString()));
      Disk disk = new Disk(image, folder);
      disk.mount();
      return disk;
    }

    void mount() throws IOException, InterruptedException {
      Signals.run(List.of("mount", "-o", "loop", image.toString(), folder.toString()));
    }

    void unmount() throws IOException, InterruptedException {
      Signals.run(List.of("umount", folder.toString()));
    }

    void losePower() throws IOException, InterruptedException {
      Signals.run(List.of("python3", "-c", SHUTDOWN, folder.toString()));
    }

    @Override
    public void close() throws IOException {
      Path said = folder.resolve("postgres/server.log");
      if (Files.exists(said)) {
        Path kept = Path.of("target/faults", image.getParent().getFileName() + "-server.log");
        Files.createDirectories(kept.getParent());
        Files.copy(said, kept, StandardCopyOption.REPLACE_EXISTING);
      }
      try {
        unmount();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** No room on the disk of PostgreSQL: nothing is acknowledged until there is. */
  private static Figures full(Place place) throws Exception {
    try (Disk disk = Disk.make(place);
        FaultServer server = FaultServer.start(disk.folder().resolve("postgres"));
        FaultRun run = FaultRun.start(place.name(), place.folder(), url(server))) {
      run.load();
      run.awaitAccepted(1_000);
      long postmaster = server.postmaster();
      Path filler = disk.folder().resolve("filler");
      new ProcessBuilder("dd", "if=/dev/zero", "of=" + filler, "bs=64k")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      run.publisher().padded(10_000);
      run.awaitRefused(8);
      int accepted = run.publisher().accepted();
      run.passes(Duration.ofSeconds(2));
      assertThat(run.publisher().accepted()).as("acknowledged on a full disk").isEqualTo(accepted);
      run.publisher().padded(0);
      Files.delete(filler);
      if (ProcessHandle.of(postmaster).isEmpty()) {
        // It ends itself where not even its log has room.
        server.startAgain();
      }
      run.healed();
      run.recovered();
      run.awaitAccepted(500);
      run.settled();
      return run.figures();
    }
  }

  /** Whatever was acknowledged is there after the power was lost. */
  private static Figures powerLoss(Place place) throws Exception {
    try (Disk disk = Disk.make(place);
        FaultServer server = FaultServer.start(disk.folder().resolve("postgres"));
        FaultRun run = FaultRun.start(place.name(), place.folder(), url(server))) {
      for (int i = 0; i < Math.max(RUNS, place.runs()); i++) {
        run.load();
        run.awaitAccepted(1_000);
        losePower(disk, server, run);
        run.recovered();
        run.awaitAccepted(200);
        run.settled();
      }
      return run.figures();
    }
  }

  /** The control: a database that does not flush its log loses, and the checker sees it. */
  private static Figures powerLossUnsafe(Place place) throws Exception {
    try (Disk disk = Disk.make(place);
        FaultServer server = FaultServer.start(disk.folder().resolve("postgres"));
        FaultRun run = FaultRun.start(place.name(), place.folder(), url(server))) {
      run.load();
      run.awaitAccepted(500);
      // Behind the back of the service, which refuses to start on such a server.
      server.execute(run.vertx, "alter system set synchronous_commit = off");
      server.execute(run.vertx, "alter system set wal_writer_delay = '10s'");
      server.execute(run.vertx, "alter system set wal_writer_flush_after = '1GB'");
      server.execute(run.vertx, "select pg_reload_conf()");
      run.awaitAccepted(2_000);
      List<Long> processes = server.processes();
      disk.losePower();
      FaultServer.kill(processes);
      run.kill();
      disk.unmount();
      disk.mount();
      server.startAgain();
      server.execute(run.vertx, "alter system reset all");
      server.execute(run.vertx, "select pg_reload_conf()");
      run.startService(List.of());
      run.recovered();
      assertThat(run.quiet().lost()).as("lost, and seen to be lost").isPositive();
      return run.figures();
    }
  }

  private static void losePower(Disk disk, FaultServer server, FaultRun run) throws Exception {
    List<Long> processes = server.processes();
    disk.losePower();
    FaultServer.kill(processes);
    run.kill();
    disk.unmount();
    disk.mount();
    server.startAgain();
    run.startService(List.of());
  }

  private static String url(FaultServer server) throws Exception {
    io.vertx.core.Vertx vertx = io.vertx.core.Vertx.vertx();
    try {
      return server.database(vertx);
    } finally {
      vertx.close();
    }
  }
}
