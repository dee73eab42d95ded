package io.fanfare.database;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of all tests of a JVM: started by the first that asks, stopped at the JVM's end,
 * empty at its start.
 */
final class TestServer {
  private static final Path HOME = Path.of("target/test-postgres").toAbsolutePath();

  private static @Nullable EmbeddedPostgres server;

  private TestServer() {}

  static synchronized EmbeddedPostgres get() {
    if (server == null) {
      deleteOldData();
      EmbeddedPostgres started = EmbeddedPostgres.start(config());
      Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
      server = started;
    }
    return server;
  }

  /** What an earlier run left, also one that was killed. */
  private static void deleteOldData() {
    Path data = HOME.resolve("data");
    try {
      if (Postmaster.of(data).isPresent()) {
        EmbeddedPostgres.start(config()).stop();
      }
      PostgresBinaries.delete(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DatabaseConfig config() {
    Map<String, String> folder = Map.of("FANFARE_DATABASE_EMBEDDED_DIR", HOME.toString());
    return FanfareConfig.load(null, folder).config().database();
  }
}
