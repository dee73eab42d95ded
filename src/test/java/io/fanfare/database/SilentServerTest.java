package io.fanfare.database;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.config.DatabaseConfig;
import io.fanfare.faults.Relay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server of which nothing is heard any more, though no connection has ended. */
class SilentServerTest {
  private static final Duration LIMIT = Duration.ofMillis(500);

  private final Vertx vertx = Vertx.vertx();
  private Relay relay;
  private Database database;

  @BeforeEach
  void start() throws TimeoutException {
    Database direct = await(TestDatabase.create(vertx));
    PgConnectOptions target = direct.connectOptions("test");
    relay = Relay.start(vertx, target.getHost(), target.getPort());
    DatabaseConfig config =
        TestDatabase.config(
            "postgresql://%s:%s@127.0.0.1:%d/%s"
                .formatted(
                    target.getUser(), target.getPassword(), relay.port(), target.getDatabase()));
    database =
        await(
            Database.open(
                vertx,
                new DatabaseConfig(
                    config.url(),
                    config.embeddedDir(),
                    config.embeddedPort(),
                    config.ingestConnections(),
                    config.outcomeConnections(),
                    config.readConnections(),
                    config.controlConnections(),
                    LIMIT,
                    LIMIT,
                    config.connectWait())));
    await(direct.close());
  }

  @AfterEach
  void stop() throws TimeoutException {
    relay.mode(Relay.Mode.CUT);
    await(database.close().otherwiseEmpty());
    relay.close();
    await(vertx.close());
  }

  @Test
  void takesNoPlacesInThePoolForGood() throws Exception {
    await(database.control().query("select 1").execute());
    relay.mode(Relay.Mode.BLACK_HOLE);
    // More than the pool has connections: the open one is silent, and new ones are not greeted.
    List<Future<?>> asked = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      asked.add(database.control().query("select 1").execute());
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> asked.stream().allMatch(Future::isComplete));
    assertThat(asked).allMatch(Future::failed);
    relay.mode(Relay.Mode.PASS);
    assertThat(database.control().query("select 1").execute().await(3, TimeUnit.SECONDS))
        .hasSize(1);
  }
}
