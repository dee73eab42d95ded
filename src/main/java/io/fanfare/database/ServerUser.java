package io.fanfare.database;

import io.fanfare.config.StartException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * As whom PostgreSQL runs, which refuses to run as root. For root there are three ways out:
 *
 * <pre>
 * not root ───────────────────────────► as we are
 * root ─ setpriv works, nobody may enter the folder ─► as nobody
 *      ─ unshare works ───────────────► in a user namespace, where root's files stay its own
 *      ─ runuser works, as above ─────► as nobody
 *      ─ none ────────────────────────► one sentence
 * </pre>
 *
 * @param prefix words put before a command
 * @param uid who must own the server's files; −1 for whoever made them
 */
record ServerUser(List<String> prefix, int uid) {
  private static final int NOBODY = 65_534;
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);

  private static final List<ServerUser> WAYS_FOR_ROOT =
      List.of(
          new ServerUser(
              List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"),
              NOBODY),
          new ServerUser(List.of("unshare", "-U", "--"), 0),
          new ServerUser(List.of("runuser", "-u", "nobody", "--"), NOBODY));

  /**
   * Finds the way that works here.
   *
   * @param folder an existing folder that the server must be able to enter
   * @throws StartException where none does
   */
  static ServerUser choose(Path folder) {
    if (!isRoot()) {
      return new ServerUser(List.of(), -1);
    }
    return WAYS_FOR_ROOT.stream()
        .filter(way -> way.canEnter(folder))
        .findFirst()
        .orElseThrow(
            () ->
                StartException.notPermitted(
                    "PostgreSQL does not run as root, and neither setpriv, unshare nor runuser can"
                        + " start it as another user that may enter "
                        + folder
                        + "; start Fanfare as an ordinary user, or set database.url"));
  }

  /** The way that leads to the owner of a folder: for a server that runs on it already. */
  static ServerUser owning(Path folder) throws IOException {
    Object owner = Files.getAttribute(folder, "unix:uid");
    return WAYS_FOR_ROOT.stream()
        .filter(way -> isRoot() && owner.equals(way.uid) && way.canEnter(folder))
        .findFirst()
        .orElseGet(() -> choose(folder.resolveSibling(".")));
  }

  /** The command, run as this user. */
  List<String> command(List<String> words) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(words);
    return all;
  }

  /** Gives a file, or a folder with everything in it, to this user, unless it is that already. */
  void own(Path path) throws IOException {
    if (uid < 0 || Files.getAttribute(path, "unix:uid").equals(uid)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return give(file);
          }

          // After its content: a walk that was cut off starts again.
          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            return give(folder);
          }
        });
  }

  private FileVisitResult give(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    return FileVisitResult.CONTINUE;
  }

  private boolean canEnter(Path folder) {
    try {
      return Command.run(PROBE_LIMIT, command(List.of("test", "-x", folder.toString())))
          .succeeded();
    } catch (IOException e) {
      // The program is not there.
      return false;
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
