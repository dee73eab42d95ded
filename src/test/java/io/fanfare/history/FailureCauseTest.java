package io.fanfare.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureCauseTest {
  @ParameterizedTest
  @CsvSource({
    "500, HTTP 500: Internal Server Error, STATUS",
    ", timeout after 30 s, TIMEOUT",
    ", connection refused, CONNECTION",
    ", connection timed out, CONNECTION",
    ", connection closed before the answer, CONNECTION",
    ", malformed answer, CONNECTION",
    ", TLS handshake failed, TLS",
    ", DNS lookup of example.com failed, DNS",
    ", target address is not allowed, ADDRESS",
    ", expired after 72 h, EXPIRED",
    ", key_error, INTERNAL",
    ", internal error, INTERNAL"
  })
  void isToldFromWhatIsStored(Integer code, String error, FailureCause cause) {
    assertThat(FailureCause.of(code, error)).isEqualTo(cause);
  }
}
