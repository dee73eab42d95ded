package io.fanfare.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is held against the reference: what is a tenth dearer or cheaper is said. */
class ReferenceTest {
  private static final Reference REFERENCE = Reference.parse("{\"times_raw\": {\"bus\": 3.9}}");

  @Test
  void dearerAndCheaperAreSaid() {
    assertThat(REFERENCE.compare(Map.of("bus", 4.4)))
        .containsExactly("bus: 4.4 × raw, 13 % dearer than the reference 3.9");
    assertThat(REFERENCE.compare(Map.of("bus", 3.4)))
        .containsExactly(
            "bus: 3.4 × raw, 13 % cheaper than the reference 3.9;"
                + " renew the reference: bench/run throughput --renew");
  }

  @Test
  void aTenthIsNothing() {
    assertThat(REFERENCE.compare(Map.of("bus", 4.28))).isEmpty();
    assertThat(REFERENCE.compare(Map.of("bus", 3.52))).isEmpty();
  }

  @Test
  void aNewWayAsksForAReference() {
    assertThat(REFERENCE.compare(Map.of("pigeon", 9.0)))
        .containsExactly("pigeon: 9.0 × raw, without a reference: bench/run throughput --renew");
  }

  @Test
  void whatIsRenewedIsReadAgain(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("reference.json");
    Reference.renew(file, Map.of("bus", 2.0));
    assertThat(Reference.read(file).compare(Map.of("bus", 2.5)))
        .containsExactly("bus: 2.5 × raw, 25 % dearer than the reference 2.0");
  }
}
