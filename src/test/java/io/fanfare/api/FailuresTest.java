package io.fanfare.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"08006", "25006", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01"})
  void asksToRetryWhatTheDatabaseRefusesForNow(String sqlState) {
    ApiException error = Failures.toError(new PgException("m", "FATAL", sqlState, "d"));

    assertThat(error.status()).isEqualTo(503);
    assertThat(error.headers()).containsKey("Retry-After");
  }

  @Test
  void asksToRetryWhereTheDatabaseIsAway() {
    assertThat(Failures.toError(new ConnectException("refused")).status()).isEqualTo(503);
    assertThat(Failures.toError(new TimeoutException()).status()).isEqualTo(503);
    assertThat(Failures.toError(VertxException.noStackTrace("closed")).status()).isEqualTo(503);
  }

  @Test
  void callsItsOwnMistakesByTheirNameAndTellsNothingOfThem() {
    assertThat(Failures.toError(new PgException("m", "ERROR", "42601", "d")).status())
        .isEqualTo(500);
    ApiException error = Failures.toError(new IllegalStateException("hush"));
    assertThat(error.status()).isEqualTo(500);
    assertThat(error.body().encode()).doesNotContain("hush");
  }

  @Test
  void takesTheStatusOfAReplyFromTheBus() {
    ApiException error =
        Failures.toError(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 409, "used before"));

    assertThat(error.status()).isEqualTo(409);
    assertThat(error.getMessage()).isEqualTo("used before");
    assertThat(Failures.toError(new ReplyException(ReplyFailure.TIMEOUT, "late")).status())
        .isEqualTo(503);
  }
}
