package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.config.FanfareConfig;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who stops the embedded server, and who leaves it alone. */
@ExtendWith(VertxExtension.class)
class EmbeddedLifeTest {
  @TempDir private static Path home;

  @Test
  void stopsWithTheProcessThatStartedIt(Vertx vertx) throws Exception {
    Database database = Database.open(vertx, config()).await(30, SECONDS);
    assertThat(runs()).isTrue();

    database.close().await(30, SECONDS);

    assertThat(runs()).isFalse();
  }

  @Test
  void outlivesAGuestAndStopsWithItsOwner(Vertx vertx) throws Exception {
    Database starter = Database.open(vertx, config()).await(30, SECONDS);
    Database owner = Database.open(vertx, config()).await(30, SECONDS);
    owner.ownServer();

    // It started the server, but somebody else is on it.
    owner.control().query("select 1").execute().await(10, SECONDS);
    starter.close().await(30, SECONDS);
    assertThat(runs()).isTrue();

    Database guest = Database.open(vertx, config()).await(30, SECONDS);
    guest.close().await(30, SECONDS);
    assertThat(runs()).isTrue();

    owner.close().await(30, SECONDS);
    assertThat(runs()).isFalse();
  }

  @Test
  void aGuestSeesThatTheServerWentAndStartsAnother(Vertx vertx) throws Exception {
    Database owner = Database.open(vertx, config()).await(30, SECONDS);
    owner.ownServer();
    Database next = Database.open(vertx, config()).await(30, SECONDS);
    assertThat(next.serverHasGone()).isFalse();

    owner.close().await(30, SECONDS);

    assertThat(next.serverHasGone()).isTrue();
    next.close().await(30, SECONDS);
    Database again = Database.open(vertx, config()).await(30, SECONDS);
    again.control().query("select 1").execute().await(10, SECONDS);
    again.close().await(30, SECONDS);
    assertThat(runs()).isFalse();
  }

  private static boolean runs() throws Exception {
    return Postmaster.of(home.resolve("data")).isPresent();
  }

  private static DatabaseConfig config() {
    return FanfareConfig.load(null, Map.of("FANFARE_DATABASE_EMBEDDED_DIR", home.toString()))
        .config()
        .database();
  }
}
