package io.fanfare.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u:p@h:6543/d | u | p | h | 6543 | d",
        "postgres://u:p@h/d | u | p | h | 5432 | d",
        "postgresql://u@h/d | u | '' | h | 5432 | d",
        "postgresql://u:p%40ss%2Fw%3Ard%3F%23%25%20%C3%BC@h/d | u | 'p@ss/w:rd?#% ü' | h | 5432 | d",
        "postgresql://u:a+b=c&d$e!f@g:h@h/d | u | a+b=c&d$e!f@g:h | h | 5432 | d",
        "postgresql://us%2Der:p@[::1]:1/d%20b | us-er | p | ::1 | 1 | d b",
        "postgresql://u:p@/d?host=/run/postgresql | u | p | /run/postgresql | 5432 | d",
      })
  void isReadAsTheToolsOfPostgresReadIt(
      String url, String user, String password, String host, int port, String database) {
    PgConnectOptions options = DatabaseUrl.parse(url);

    assertThat(options.getUser()).isEqualTo(user);
    assertThat(options.getPassword()).isEqualTo(password);
    assertThat(options.getHost()).isEqualTo(host);
    assertThat(options.getPort()).isEqualTo(port);
    assertThat(options.getDatabase()).isEqualTo(database);
    assertThat(options.getSslMode()).isEqualTo(SslMode.DISABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://h:1/d",
        "postgresql://u:p@h:1",
        "postgresql://u:p@h:1/",
        "postgresql://u:p@/d",
        "postgresql://u:p@h:0/d",
        "postgresql://u:p@h:65536/d",
        "postgresql://u:p@h,i/d",
        "postgresql://u:p%@h/d",
        "postgresql://u:p/w@h/d",
        "jdbc:postgresql://u:p@h/d",
        "mysql://u:p@h/d",
        "postgresql://u:p@h/d?sslmode=on",
        "postgresql://u:p@h/d?channel_binding=require",
        "postgresql://u:p@h/d?sslmode",
        "postgresql://u:p@h/d?sslmode=verify-ca&sslrootcert=/no/such/file",
        "postgresql://u:p@h/d?sslcert=/no/such/file",
      })
  void isRefusedWithoutBeingShown(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatabaseUrl.parse(url))
        .withMessageMatching("(like postgresql://user:password@host:port/db|with).*")
        .withMessageNotContaining("u:p");
  }

  @Test
  void asksForTlsAsLibpqDoes(@TempDir Path folder) throws IOException {
    Path root = Files.createFile(folder.resolve("root.pem"));
    String url = "postgresql://u:p@h/d?sslmode=";

    PgConnectOptions require = DatabaseUrl.parse(url + "require");
    assertThat(require.getSslMode()).isEqualTo(SslMode.REQUIRE);
    assertThat(require.getSslOptions().isTrustAll()).isTrue();
    PgConnectOptions rooted = DatabaseUrl.parse(url + "require&sslrootcert=" + root);
    assertThat(rooted.getSslMode()).isEqualTo(SslMode.VERIFY_CA);
    assertThat(rooted.getSslOptions().isTrustAll()).isFalse();
    PgConnectOptions full = DatabaseUrl.parse(url + "verify-full");
    assertThat(full.getSslOptions().getTrustOptions()).isNotNull();
    assertThat(full.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
  }
}
