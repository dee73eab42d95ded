package io.fanfare.database;

import io.fanfare.config.StartException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL, unpacked from the jar once for each version. */
final class PostgresBinaries {
  private static final int EXECUTABLE = 0100;

  private final Path folder;

  private PostgresBinaries(Path folder) {
    this.folder = folder;
  }

  /**
   * The programs below {@code home}; unpacked where that was not done yet, in one step, so that a
   * crash leaves nothing half.
   *
   * @throws StartException where this system has none
   */
  static PostgresBinaries in(Path home) throws IOException {
    String name = resource();
    URL url = PostgresBinaries.class.getClassLoader().getResource(name);
    if (url == null) {
      throw StartException.misconfigured(
          "no embedded PostgreSQL for this system is in the program ("
              + name
              + "); set database.url to a PostgreSQL 15 or newer");
    }
    Path folder = home.resolve("bin-" + version(url));
    if (!Files.isDirectory(folder)) {
      Path fresh = home.resolve("bin.unpacking");
      delete(fresh);
      unpack(url, fresh);
      Durable.folder(fresh);
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }
    return new PostgresBinaries(folder);
  }

  /** Path of a program. */
  String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  /** Deletes the programs of other versions, once these ones run. */
  void deleteOthers() throws IOException {
    try (Stream<Path> siblings = Files.list(folder.resolveSibling("."))) {
      List<Path> others =
          siblings
              .map(Path::normalize)
              .filter(path -> path.getFileName().toString().startsWith("bin-"))
              .filter(path -> !path.getFileName().equals(folder.getFileName()))
              .toList();
      for (Path other : others) {
        delete(other);
      }
    }
  }

  private static String resource() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "darwin" : os.contains("win") ? "windows" : "linux";
    boolean arm = arch.equals("aarch64") || arch.equals("arm64");
    boolean intel = arch.equals("amd64") || arch.equals("x86_64");
    return "postgres-" + system + "-" + (arm ? "arm_64" : intel ? "x86_64" : arch) + ".txz";
  }

  /** Tells one archive from another without reading it. */
  private static String version(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    if (connection instanceof JarURLConnection jar) {
      return Long.toHexString(jar.getJarEntry().getCrc());
    }
    return Long.toHexString(connection.getContentLengthLong());
  }

  private static void unpack(URL url, Path target) throws IOException {
    try (InputStream file = new BufferedInputStream(url.openStream());
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(file))) {
      makeFolder(target);
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("an entry of the archive lies outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          makeFolder(path);
          continue;
        }
        makeFolder(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          allowReading(path, (entry.getMode() & EXECUTABLE) != 0);
        }
      }
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      allowReading(folder, true);
    }
  }

  /** Explicitly, since the process may have a umask that keeps the server's user out. */
  private static void allowReading(Path path, boolean executing) throws IOException {
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executing ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** Deletes a folder with everything in it; nothing where there is none. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
