package io.fanfare.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The modules of the dashboard for Node.js. */
final class Modules {
  private static final Path FOLDER = Path.of("target", "dashboard-modules").toAbsolutePath();

  private Modules() {}

  /**
   * A copy that every Node.js takes for modules: in a browser the page says that they are, here a
   * {@code package.json} beside them must.
   */
  static Path copy() throws IOException {
    Files.createDirectories(FOLDER);
    Files.writeString(FOLDER.resolve("package.json"), "{\"type\": \"module\"}");
    List<Path> modules;
    try (Stream<Path> files = Files.walk(Words.WEBROOT)) {
      modules = files.filter(file -> file.toString().endsWith(".js")).toList();
    }
    for (Path module : modules) {
      Path copy = FOLDER.resolve(Words.WEBROOT.relativize(module));
      Files.createDirectories(copy.getParent());
      Files.copy(module, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return FOLDER;
  }
}
