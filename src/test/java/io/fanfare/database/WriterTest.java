package io.fanfare.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long the transactions of flushes may take. */
@ExtendWith(VertxExtension.class)
class WriterTest {
  private static final Duration LIMIT = Duration.ofMillis(300);

  private Database database;
  private Writer writer;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    database = TestDatabase.createEmpty(vertx).await(30, SECONDS);
    writer = new Writer(vertx, database, database.ingest(), LIMIT);
  }

  @AfterEach
  void close() throws Exception {
    database.close().await(10, SECONDS);
  }

  @Test
  void aTransactionOfManyStatementsMayTakeLongerThanOneStatement() throws Exception {
    assertThat(writer.transaction(25, WriterTest::threeSlowStatements).await(10, SECONDS))
        .isEqualTo("done");
  }

  @Test
  void thatOfOneStatementMayNot() {
    assertThatThrownBy(() -> writer.transaction(WriterTest::threeSlowStatements).await(10, SECONDS))
        .isInstanceOf(FateUnknownException.class);
  }

  private static Future<String> threeSlowStatements(SqlConnection connection) {
    return slow(connection)
        .compose(v -> slow(connection))
        .compose(v -> slow(connection))
        .map("done");
  }

  private static Future<?> slow(SqlConnection connection) {
    return connection.query("select pg_sleep(0.15)").execute();
  }
}
