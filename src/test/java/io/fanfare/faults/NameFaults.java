package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.faults.FaultRunsTest.Place;
import io.fanfare.faults.History.Hook;
import io.fanfare.receivers.FakeDns;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What can happen to the names of receivers. */
final class NameFaults {
  private static final String NAME = "receiver.example";
  private static final int ATTEMPTS_MAX = 20;
  private static final int DELAY_MILLIS = 1_000;

  private NameFaults() {}

  /** A name server that knows the name no more, then fails, then is silent, and recovers. */
  static Figures names(Place place) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (FakeDns dns = FakeDns.start();
        FaultReceiver receiver = FaultReceiver.start(vertx);
        TestFanfare fanfare = TestFanfare.start(resolvedBy(dns), Map.of())) {
      dns.name(NAME, "127.0.0.1");
      String url = "http://" + NAME + ":" + receiver.port() + "/named";
      JsonObject policy =
          new JsonObject()
              .put("max_attempts", ATTEMPTS_MAX)
              .put("backoff_strategy", "fixed")
              .put("initial_delay", DELAY_MILLIS)
              .put("max_delay", DELAY_MILLIS);
      JsonObject webhook =
          fanfare.webhook(url, new JsonObject().put("secret", "s").put("retry_policy", policy));
      Hook hook =
          new Hook(webhook.getString("webhook_id"), "/named", "s", ATTEMPTS_MAX, DELAY_MILLIS);
      SteadyPublisher publisher = new SteadyPublisher(vertx, fanfare.client(), 5).start(2);
      await().until(() -> publisher.accepted() > 100);
      dns.fails(NAME, DnsResponseCode.NXDOMAIN);
      await(vertx.timer(3, TimeUnit.SECONDS));
      dns.fails(NAME, DnsResponseCode.SERVFAIL);
      await(vertx.timer(3, TimeUnit.SECONDS));
      dns.silent(NAME);
      // Longer than delivery.dns_timeout.
      await(vertx.timer(6, TimeUnit.SECONDS));
      dns.name(NAME, "127.0.0.1");
      long healed = System.nanoTime();
      int before = receiver.count();
      await().atMost(Duration.ofSeconds(30)).until(() -> receiver.count() > before);
      double recovery = (System.nanoTime() - healed) / 1e9;
      publisher.stop();
      await().until(publisher::isQuiet);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  Histories.stats(fanfare.client(), hook.id()).getInteger("pending_deliveries")
                      == 0);
      History history =
          Histories.of(
              fanfare.client(),
              publisher.log(),
              List.of(hook),
              receiver.got(hook.path()),
              List.of());
      assertThat(publisher.wrong()).isEmpty();
      assertThat(HistoryCheck.violations(history, 0)).isEmpty();
      int accepted = publisher.accepted();
      return new Figures(
          place.name(), 1, accepted, history.lost(), history.duplicates(), recovery, 0);
    } finally {
      vertx.close();
    }
  }

  private static VertxOptions resolvedBy(FakeDns dns) {
    return new VertxOptions()
        .setEventLoopPoolSize(2)
        .setAddressResolverOptions(
            new AddressResolverOptions()
                .setServers(List.of(dns.server()))
                .setSearchDomains(List.of())
                .setCacheMaxTimeToLive(0)
                .setCacheNegativeTimeToLive(0)
                .setQueryTimeout(500)
                .setMaxQueries(4));
  }
}
