package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, again and again, while events are published: what was accepted
 * arrives, ends once, and is counted once.
 */
class KillRoundsTest {
  // Java starts in seconds on a slow machine, so there are few rounds; -Dkill.rounds asks for more.
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
  private static final String SECRET = "a secret";

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private TestReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException {
    receiver = TestReceiver.start(vertx);
  }

  @AfterEach
  void stop() throws TimeoutException {
    receiver.close();
    await(vertx.close());
  }

  @Test
  void whatWasAcceptedArrivesHoweverOftenTheProcessDies() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime());
    System.out.println("kill.seed = " + seed);
    Random random = new Random(seed);
    ProducerLog log = new ProducerLog();
    String webhook = null;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      try (ServiceProcess service = ServiceProcess.start(folder)) {
        System.out.printf(
            "round %d: ready after %d ms%n",
            round, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        FanfareClient client = service.client(vertx);
        if (webhook == null) {
          webhook = register(client);
        }
        SteadyPublisher publisher = new SteadyPublisher(vertx, client, 10, log).start(4);
        int enough = random.nextInt(400);
        await().atMost(Duration.ofSeconds(30)).until(() -> publisher.accepted() >= enough);
        await(vertx.timer(1 + random.nextInt(200), TimeUnit.MILLISECONDS));
        service.kill(random.nextInt(3) == 0);
        publisher.stop();
        await().until(publisher::isQuiet);
        assertThat(publisher.wrong()).isEmpty();
        client.close();
      }
    }
    try (ServiceProcess service = ServiceProcess.start(folder)) {
      FanfareClient client = service.client(vertx);
      String path = "/api/webhooks/" + webhook;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  await(client.get(path)).getJsonObject("stats").getInteger("pending_deliveries")
                      == 0);
      History run =
          Histories.of(client, log, new History.Hook(webhook, "/hook", SECRET, 3, 1_000), receiver);
      System.out.printf(
          "%d events accepted, %d delivered, %d duplicates%n",
          log.accepted().size(), run.told().size(), run.duplicates());
      assertThat(HistoryCheck.violations(run, ROUNDS)).isEmpty();
      client.close();
    }
  }

  private String register(FanfareClient client) throws TimeoutException {
    return await(
            client.post(
                "/api/webhooks",
                new JsonObject()
                    .put("name", "survivor")
                    .put("url", receiver.url("/hook"))
                    .put("secret", SECRET)
                    .put("events", new JsonArray().add("*"))))
        .getString("webhook_id");
  }
}
