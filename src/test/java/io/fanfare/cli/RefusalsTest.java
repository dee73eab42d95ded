package io.fanfare.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fanfare.config.FanfareConfig;
import io.fanfare.config.StartException;
import io.fanfare.database.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that cannot start says why and what to do, in one sentence with an exit code. */
class RefusalsTest {
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_NOPERM = 77;
  private static final int EX_CONFIG = 78;

  @TempDir Path folder;

  @Test
  void thePortIsTaken() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      StartException refused = start(Map.of("FANFARE_HTTP_PORT", "" + other.getLocalPort()));

      assertThat(refused)
          .hasMessage(
              "127.0.0.1:%d is in use; stop what listens there, or set http.port to another port"
                      .formatted(other.getLocalPort())
                  + " (0 picks a free one)");
      assertThat(refused.exitCode()).isEqualTo(EX_UNAVAILABLE);
      assertThat(folder.resolve("postgres")).as("nothing was started before").doesNotExist();
    }
  }

  @ParameterizedTest
  @CsvSource({"nosuchhost.invalid, is not known", "192.0.2.1, is no address of this machine"})
  void theAddressIsNotOfThisMachine(String host, String why) {
    StartException refused = start(Map.of("FANFARE_HTTP_HOST", host));

    assertThat(refused).hasMessageStartingWith("http.host = \"" + host + "\" " + why + "; set it");
    assertThat(refused.exitCode()).isEqualTo(EX_CONFIG);
  }

  @Test
  void theUserOfTheDatabaseMayNotMakeTables() throws Exception {
    String url = TestDatabase.url();
    execute(url, "create role weak login password 'weak'");
    String weak = url.replaceFirst("//[^@]*@", "//weak:weak@");

    StartException refused = start(external(weak));

    assertThat(refused)
        .hasMessage(
            "the user of database.url may not make tables there (permission denied for schema"
                + " public); make it the owner of the database, or grant it create on the schema");
    assertThat(refused.exitCode()).isEqualTo(EX_NOPERM);
  }

  @Test
  void theDatabaseOnlyReads() throws Exception {
    String url = TestDatabase.url();
    String name = url.substring(url.lastIndexOf('/') + 1);
    execute(url, "alter database " + name + " set default_transaction_read_only = on");

    StartException refused = start(external(url));

    assertThat(refused).hasMessageStartingWith("the database only reads; name the primary server");
    assertThat(refused.exitCode()).isEqualTo(EX_CONFIG);
  }

  @Test
  void theDatabaseHasNoTls() {
    StartException refused = start(external(TestDatabase.url() + "?sslmode=require"));

    assertThat(refused)
        .hasMessageContaining("cannot be spoken with over TLS")
        .hasMessageEndingWith("correct sslmode or sslrootcert in database.url");
    assertThat(refused.exitCode()).isEqualTo(EX_CONFIG);
  }

  private StartException start(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("FANFARE_HTTP_PORT", "0");
    environment.put("FANFARE_DATABASE_EMBEDDED_DIR", folder.resolve("postgres").toString());
    environment.putAll(more);
    FanfareConfig config = FanfareConfig.load(null, environment).config();
    return catchThrowableOfType(StartException.class, () -> Service.start(config).close());
  }

  private static Map<String, String> external(String url) {
    return Map.of(
        "FANFARE_DATABASE_URL",
        url,
        "FANFARE_SECRETS_KEYS",
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
  }

  private static void execute(String url, String sql) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      PgConnection connection = PgConnection.connect(vertx, url).await(10, TimeUnit.SECONDS);
      connection.query(sql).execute().await(10, TimeUnit.SECONDS);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }
}
