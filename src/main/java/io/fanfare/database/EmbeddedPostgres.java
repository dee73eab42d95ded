package io.fanfare.database;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.StartException;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL that comes with the program. Its data survives restarts, and it outlives a process
 * that is killed; the next one adopts it. All methods block.
 */
public final class EmbeddedPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final String SUPERUSER = "fanfare";
  private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);
  // Replaying the log after a crash may take its time, and interrupting it gains nothing.
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int START_TRIES = 100;

  private final ServerFolder folder;
  private final PostgresBinaries binaries;
  private final ServerUser user;
  private final String password;
  private final boolean adopted;
  private final long pid;
  private final int port;

  private EmbeddedPostgres(ServerFolder folder, int wantedPort) throws IOException {
    this.folder = folder;
    folder.requireReadableData();
    this.password = folder.password();
    this.binaries = PostgresBinaries.in(folder.home());
    Optional<Postmaster> running = awaitSettled();
    this.adopted = running.isPresent();
    this.pid = running.map(Postmaster::pid).orElse(0L);
    if (running.isPresent()) {
      this.user = ServerUser.owning(folder.data());
      this.port = running.get().port();
    } else {
      this.user = ServerUser.choose(folder.home());
      this.port = start(wantedPort);
      binaries.deleteOthers();
    }
  }

  /**
   * Starts the server of the configured folder, or adopts the one that runs on it.
   *
   * @throws StartException with a sentence for the person, where neither is possible
   */
  public static EmbeddedPostgres start(DatabaseConfig config) {
    Path home = config.embeddedDir().toAbsolutePath().normalize();
    // A lock on a file keeps other processes out, not other threads of this one.
    synchronized (EmbeddedPostgres.class) {
      try {
        ServerFolder folder = ServerFolder.at(home);
        try (FileChannel channel = folder.openLock();
            FileLock lock = channel.lock()) {
          LOG.debug("Holding {}", lock);
          return new EmbeddedPostgres(folder, config.embeddedPort());
        }
      } catch (IOException e) {
        throw failure(home, e);
      }
    }
  }

  /** How to connect to one of its databases, as its superuser. */
  public PgConnectOptions connectOptions(String database) {
    return new PgConnectOptions()
        .setHost(loopback().getHostAddress())
        .setPort(port)
        .setUser(SUPERUSER)
        .setPassword(password)
        .setDatabase(database);
  }

  /** Whether it ran before this process came; another one may then still use it. */
  public boolean adopted() {
    return adopted;
  }

  /** Whether an adopted server has been stopped by whoever owned it, or is about to be. */
  boolean hasGone() {
    try {
      return adopted
          && Postmaster.of(folder.data()).filter(now -> now.ready() && now.pid() == pid).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it listens, on loopback. */
  public int port() {
    return port;
  }

  /** The sentence for the person behind a failure of the first statements. */
  StartException failure(Throwable e) {
    return e instanceof StartException sentence
        ? sentence
        : failure(folder.home(), new IOException(e.getMessage(), e));
  }

  /** Stops the server and returns when its process is gone. Only for who owns it. */
  public void stop() {
    synchronized (EmbeddedPostgres.class) {
      try (FileChannel channel = folder.openLock();
          FileLock lock = channel.lock()) {
        LOG.debug("Holding {}", lock);
        if (Postmaster.of(folder.data()).isPresent() && !stop("fast").succeeded()) {
          LOG.warn("The embedded PostgreSQL does not stop; it is stopped at once and will recover");
          stop("immediate");
        }
      } catch (IOException e) {
        LOG.warn("The embedded PostgreSQL could not be stopped: {}", e.getMessage());
      }
    }
  }

  private Command stop(String mode) throws IOException {
    List<String> words = new ArrayList<>(pgCtl("stop", STOP_LIMIT));
    words.addAll(List.of("-m", mode));
    return run(STOP_LIMIT, words);
  }

  /** Waits until the server, where one runs, has started or stopped. */
  private Optional<Postmaster> awaitSettled() throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    Optional<Postmaster> running = Postmaster.of(folder.data());
    while (running.isPresent() && !running.get().ready()) {
      if (System.nanoTime() > deadline) {
        throw StartException.unavailable(
            "the embedded PostgreSQL (process %d) does not get ready; look into %s"
                .formatted(running.get().pid(), folder.log()));
      }
      LockSupport.parkNanos(POLL.toNanos());
      running = Postmaster.of(folder.data());
    }
    return running;
  }

  private int start(int wantedPort) throws IOException {
    if (!folder.hasData()) {
      initialize();
    }
    user.own(folder.data());
    folder.writeSettings(user);
    folder.prepareLog(user);
    for (int tries = 1; ; tries++) {
      int free = choosePort(wantedPort);
      long said = Files.size(folder.log());
      List<String> words = new ArrayList<>(pgCtl("start", START_LIMIT));
      words.addAll(List.of("-l", folder.log().toString(), "-o", "-p " + free));
      Command start = run(START_LIMIT, words);
      if (start.succeeded()) {
        folder.keepPort(free);
        return free;
      }
      List<String> log = folder.logFrom(said);
      // The last processes of a killed server are on their way out, or somebody took the port.
      boolean passes =
          says(log, "shared memory block")
              || says(log, "\"postmaster.pid\" already exists")
              || (wantedPort == 0 && says(log, "any TCP/IP sockets"));
      if (!passes || tries == START_TRIES) {
        throw new IOException("it does not start: " + reason(start.output(), log));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Makes the data folder beside its place and moves it there when it is complete. */
  private void initialize() throws IOException {
    Path fresh = folder.unfinishedData();
    PostgresBinaries.delete(fresh);
    Files.createDirectory(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    user.own(fresh);
    Path passwordFile = folder.passwordForInitdb();
    Files.deleteIfExists(passwordFile);
    try {
      ServerFolder.writePrivately(passwordFile, password);
      user.own(passwordFile);
      Command initdb =
          run(
              INITDB_LIMIT,
              List.of(
                  binaries.program("initdb"),
                  "--pgdata=" + fresh,
                  "--username=" + SUPERUSER,
                  "--pwfile=" + passwordFile,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  // Built in: sorting that changed with the system's library would break indexes.
                  "--locale-provider=builtin",
                  "--builtin-locale=C.UTF-8",
                  "--locale=C",
                  "--data-checksums"));
      if (!initdb.succeeded()) {
        throw new IOException(
            "initdb failed: " + reason(initdb.output(), initdb.output().lines().toList()));
      }
    } finally {
      Files.deleteIfExists(passwordFile);
    }
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        """

        # Settings of Fanfare; what follows this line wins over them.
        include_if_exists = 'fanfare.conf'
        """,
        StandardOpenOption.APPEND);
    Durable.file(fresh.resolve("postgresql.conf"));
    Files.move(fresh, folder.data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private int choosePort(int wanted) throws IOException {
    if (wanted != 0) {
      if (!isFree(wanted)) {
        throw StartException.unavailable(
            "port %d of the embedded PostgreSQL is taken; set database.embedded_port to a free one"
                .formatted(wanted));
      }
      return wanted;
    }
    int last = folder.lastPort();
    if (last != 0 && isFree(last)) {
      return last;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private List<String> pgCtl(String action, Duration limit) {
    return List.of(
        binaries.program("pg_ctl"),
        action,
        "--pgdata=" + folder.data(),
        "--wait",
        "--timeout=" + limit.toSeconds());
  }

  private Command run(Duration limit, List<String> words) throws IOException {
    return Command.run(limit.plusSeconds(5), user.command(words));
  }

  private static boolean says(List<String> log, String text) {
    return log.stream().anyMatch(line -> line.contains(text));
  }

  /** The line of a log that tells why, else the last line of what the program said. */
  private static String reason(String output, List<String> log) {
    return log.stream()
        .filter(line -> line.contains("FATAL:") || line.contains("error:"))
        .reduce((earlier, later) -> later)
        .map(line -> line.replaceFirst("^.*?(FATAL|error):\\s*", ""))
        .orElseGet(() -> output.lines().reduce("", (earlier, later) -> later));
  }

  private static StartException failure(Path home, IOException e) {
    String advice = "; name another folder in database.embedded_dir, or set database.url";
    String subject = "the embedded PostgreSQL in " + home;
    if (e instanceof AccessDeniedException denied) {
      return StartException.notPermitted(
          subject + " cannot be used: no permission for " + denied.getFile() + advice);
    }
    String reason = String.valueOf(e.getMessage());
    if (e instanceof FileSystemException failed) {
      String why = failed.getReason() == null ? "is in the way" : failed.getReason();
      reason = failed.getFile() + ": " + why;
    }
    if (reason.contains("No space left on device")) {
      return StartException.cannotCreate(
          subject
              + " has no space left on its device; free some, or name another folder in"
              + " database.embedded_dir");
    }
    if (reason.contains("Permission denied") || reason.contains("Operation not permitted")) {
      return StartException.notPermitted(subject + " cannot be used: " + reason + advice);
    }
    return StartException.cannotCreate(subject + " cannot be used: " + reason + advice);
  }
}
