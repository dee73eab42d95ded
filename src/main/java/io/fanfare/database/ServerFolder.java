package io.fanfare.database;

import io.fanfare.config.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * The folder of the embedded PostgreSQL.
 *
 * <pre>
 * embedded_dir/
 *   bin-…/       the programs of PostgreSQL
 *   data/        its data folder; appears whole or not at all
 *   password     of the superuser, made at first start
 *   port         where it listened last
 *   server.log   what the server says before it can say it to a client
 *   lock         held while a process starts or stops the server
 * </pre>
 */
record ServerFolder(Path home) {
  static final String MAJOR_VERSION = "18";

  private static final int PASSWORD_BYTES = 24;
  private static final long LOG_BYTES_MAX = 10L << 20;

  /** Makes the folder where there is none. */
  static ServerFolder at(Path home) throws IOException {
    if (!Files.isDirectory(home)) {
      Files.createDirectories(home);
      // The server's user must be able to pass, not to look around.
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    }
    if (!Files.isWritable(home)) {
      throw new AccessDeniedException(home.toString());
    }
    return new ServerFolder(home);
  }

  /** The server's data. */
  Path data() {
    return home.resolve("data");
  }

  /** Where a data folder grows until it is complete. */
  Path unfinishedData() {
    return home.resolve("data.new");
  }

  /** A copy of the password for initdb, there for a moment only. */
  Path passwordForInitdb() {
    return home.resolve("password.initdb");
  }

  /** The server's log. */
  Path log() {
    return home.resolve("server.log");
  }

  /** The file whose lock a process holds while it starts or stops the server. */
  FileChannel openLock() throws IOException {
    return FileChannel.open(
        home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Whether the data folder is complete. */
  boolean hasData() {
    return Files.exists(data().resolve("PG_VERSION"));
  }

  /**
   * Refuses data that this server cannot read.
   *
   * @throws StartException with what to do
   */
  void requireReadableData() throws IOException {
    if (hasData()) {
      String version = Files.readString(data().resolve("PG_VERSION")).strip();
      if (!version.equals(MAJOR_VERSION)) {
        throw StartException.misconfigured(
            "the folder %s holds data of PostgreSQL %s, and the embedded one is %s; name another"
                    .formatted(data(), version, MAJOR_VERSION)
                + " folder in database.embedded_dir, or move the data there with pg_dump");
      }
    } else if (Files.exists(data(), LinkOption.NOFOLLOW_LINKS)) {
      throw StartException.misconfigured(
          "the folder %s is not a data folder of PostgreSQL; name another one in".formatted(data())
              + " database.embedded_dir");
    }
  }

  /**
   * The superuser's password; made where the data is still to be made.
   *
   * @throws StartException where data is there without it
   */
  String password() throws IOException {
    Path file = home.resolve("password");
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    if (hasData()) {
      throw StartException.misconfigured(
          "the file %s with the password of the embedded PostgreSQL is missing; put it back"
              .formatted(file));
    }
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Path fresh = home.resolve("password.new");
    Files.deleteIfExists(fresh);
    writePrivately(fresh, password);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return password;
  }

  /** The port where the server listened last; 0 where it never did. */
  int lastPort() throws IOException {
    try {
      return Integer.parseInt(Files.readString(home.resolve("port")).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return 0;
    }
  }

  /** Remembers the port, so that tools find the server where it was. */
  void keepPort(int port) throws IOException {
    Files.writeString(home.resolve("port"), port + "\n");
  }

  /** Writes our settings beside the server's own ones, for a user. */
  void writeSettings(ServerUser user) throws IOException {
    Path settings = data().resolve("fanfare.conf");
    try (InputStream in = ServerFolder.class.getResourceAsStream("/db/embedded.conf")) {
      if (in == null) {
        throw new IOException("the program is incomplete: db/embedded.conf is missing");
      }
      Files.copy(in, settings, StandardCopyOption.REPLACE_EXISTING);
    }
    user.own(settings);
  }

  /** Makes the log for a user, and puts a long one aside. */
  void prepareLog(ServerUser user) throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
      Files.move(log(), home.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.exists(log())) {
      writePrivately(log(), "");
    }
    user.own(log());
  }

  /** What the log says from a position on. */
  List<String> logFrom(long position) throws IOException {
    byte[] bytes = Files.readAllBytes(log());
    int from = (int) Math.min(position, bytes.length);
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).lines().toList();
  }

  /** Makes a file that only its owner can read. */
  static void writePrivately(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
    Durable.file(file);
  }
}
