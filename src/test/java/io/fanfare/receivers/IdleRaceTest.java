package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Receivers that close a connection after it was idle for a while, just when the next request is on
 * its way. Seconds on the internet are milliseconds here: receivers of all patiences get requests
 * after pauses of all lengths.
 */
class IdleRaceTest {
  private static final int RECEIVERS = 40;
  private static final int ROUNDS = 40;
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK";

  @Test
  void noAttemptIsBurnedWheneverTheReceiverClosesAnIdleConnection() throws Exception {
    try (TestFanfare fanfare = TestFanfare.start();
        HostileReceiver receiver = HostileReceiver.start()) {
      for (int i = 0; i < RECEIVERS; i++) {
        Duration patience = Duration.ofMillis(1 + i);
        receiver.on(
            "/patience/" + i,
            exchange -> {
              exchange.send(OK);
              if (exchange.isIdleFor(patience)) {
                exchange.close();
              }
            });
        fanfare.webhook(
            receiver.url("/patience/" + i),
            new JsonObject().put("retry_policy", new JsonObject().put("max_attempts", 1)));
      }
      for (int round = 0; round < ROUNDS; round++) {
        fanfare.publish("build.started", new JsonObject().put("round", round));
        int sent = round + 1;
        // No longer than it takes: what is idle then is so for as long as the next pause.
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> receiver.received() >= (long) sent * RECEIVERS);
        await(fanfare.vertx().timer(1 + round % RECEIVERS, TimeUnit.MILLISECONDS));
      }

      JsonArray webhooks =
          await(fanfare.client().get("/api/webhooks?limit=100")).getJsonArray("webhooks");
      for (int i = 0; i < RECEIVERS; i++) {
        String path = "/api/webhooks/" + webhooks.getJsonObject(i).getString("webhook_id");
        await()
            .until(
                () ->
                    await(fanfare.client().get(path + "/deliveries?status=success"))
                            .getInteger("total")
                        == ROUNDS);
        assertThat(
                await(fanfare.client().get(path + "/deliveries?limit=100"))
                    .getJsonArray("deliveries"))
            .allSatisfy(
                item -> assertThat(((JsonObject) item).getInteger("attempts")).isEqualTo(1));
      }
      int most = 0;
      for (int i = 0; i < RECEIVERS; i++) {
        List<Request> requests = receiver.requests("/patience/" + i);
        assertThat(requests.stream().map(Request::bodyText).distinct()).hasSize(ROUNDS);
        most = Math.max(most, requests.size());
      }
      int connections = receiver.connections();
      System.out.printf(
          "idle_race.requests = %d, idle_race.connections = %d, idle_race.attempts_burned = 0%n",
          RECEIVERS * ROUNDS, connections);
      // It was about connections that are used again, and about such that are closed.
      assertThat(connections).isBetween(RECEIVERS + 1, RECEIVERS * ROUNDS - 1);
      assertThat(most).isLessThanOrEqualTo(2 * ROUNDS);
    }
  }
}
