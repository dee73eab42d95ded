package io.fanfare.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which failures of a commit leave its fate open. */
class DeadlineTest {
  @ParameterizedTest
  @CsvSource({
    "ERROR, 23505, true", // unique_violation
    "ERROR, 40P01, true", // deadlock_detected
    "ERROR, 57014, true", // query_canceled
    "ERROR, 53100, true", // disk_full: of a table
    "PANIC, 53100, false", // disk_full: of the log, whose last record may be whole
    "PANIC, 58030, false", // io_error: of the log
    "PANIK, 58030, false", // the same in German
    "FATAL, 57P01, false", // admin_shutdown
    "FATAL, 25P03, false", // idle_in_transaction_session_timeout
    "ERROR, 08006, false", // connection_failure
    "ERROR, XX000, false" // internal_error
  })
  void onlyAServerThatLivesOnHasDecided(String severity, String state, boolean decided) {
    assertThat(Deadline.isDecided(new PgException("it failed", severity, state, "")))
        .isEqualTo(decided);
  }

  @Test
  void aConnectionThatBreaksHasDecidedNothing() {
    assertThat(Deadline.isDecided(new IOException("reset"))).isFalse();
  }
}
