package io.fanfare.journey;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.TestReceiver;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Everything is due at the same moment, as after a long pause: there is no stampede. */
class InFlightJourneyTest {
  private static final int CAP = 8;
  private static final int WEBHOOKS = 15;
  private static final int EVENTS = 40;

  @Test
  void attemptsOnTheirWayStayWithinTheLimitThoughAllAreDueAtOnce() throws Exception {
    Vertx vertx = Vertx.vertx();
    TestReceiver receiver = TestReceiver.start(vertx);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    for (int i = 0; i < WEBHOOKS; i++) {
      receiver.answer(
          "/" + i,
          (request, body) -> {
            peak.accumulateAndGet(now.incrementAndGet(), Math::max);
            vertx.setTimer(
                5,
                timer -> {
                  now.decrementAndGet();
                  request.response().end();
                });
          });
    }
    try (TestFanfare fanfare =
        TestFanfare.start(
            Map.of(
                "FANFARE_DELIVERY_IN_FLIGHT_MAX", Integer.toString(CAP),
                "FANFARE_DELIVERY_CONCURRENCY", Integer.toString(CAP)))) {
      for (int i = 0; i < WEBHOOKS; i++) {
        fanfare.webhook(receiver.url("/" + i), new JsonObject());
      }
      JsonArray events = new JsonArray();
      for (int i = 0; i < EVENTS; i++) {
        events.add(new JsonObject().put("event", "build.started").put("data", new JsonObject()));
      }
      await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", events)));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> receiver.receipts().size() == WEBHOOKS * EVENTS && now.get() == 0);
    }
    assertThat(peak.get()).isBetween(1, CAP);
    receiver.close();
    await(vertx.close());
  }
}
