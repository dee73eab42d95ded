package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.dns.AddressResolverOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookupTest {
  private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

  @Test
  void believesNoAnswerForLongerThanHalfAMinuteHoweverTheHostIsSetUp() {
    AddressResolverOptions bounded = Lookup.bounded(new AddressResolverOptions(), FIVE_SECONDS);

    assertThat(bounded.getCacheMaxTimeToLive()).isEqualTo(30);
    assertThat(bounded.getCacheNegativeTimeToLive()).isEqualTo(5);
    assertThat(bounded.getQueryTimeout()).isEqualTo(5_000);
    assertThat(bounded.getMaxQueries()).isEqualTo(4);
  }

  @Test
  void addsNoSearchDomainToTheNameOfAStranger() {
    AddressResolverOptions host =
        new AddressResolverOptions().addSearchDomain("corp.example").setNdots(5);

    AddressResolverOptions bounded = Lookup.bounded(host, FIVE_SECONDS);

    assertThat(bounded.getSearchDomains()).isEmpty();
    assertThat(bounded.getNdots()).isEqualTo(1);
  }

  @Test
  void keepsWhatTheHostHasBoundedCloser() {
    AddressResolverOptions host =
        new AddressResolverOptions()
            .setServers(List.of("127.0.0.1:5353"))
            .setCacheMaxTimeToLive(3)
            .setQueryTimeout(200);

    AddressResolverOptions bounded = Lookup.bounded(host, FIVE_SECONDS);

    assertThat(bounded.getServers()).containsExactly("127.0.0.1:5353");
    assertThat(bounded.getCacheMaxTimeToLive()).isEqualTo(3);
    assertThat(bounded.getQueryTimeout()).isEqualTo(200);
  }
}
