package io.fanfare.faults;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestReceiver;
import io.fanfare.client.FanfareClient;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM under load: nobody is left in doubt, and nothing is left behind. */
class StoppedServiceTest {
  private static final String SECRET = "a secret";

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private TestReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException {
    receiver = TestReceiver.start(vertx);
    receiver.answer("/held", (request, body) -> held.add(request));
  }

  @AfterEach
  void stop() throws TimeoutException {
    receiver.close();
    await(vertx.close());
  }

  @Test
  void drainsRefusesExitsWithZeroAndSendsNothingTwice() throws Exception {
    SteadyPublisher publisher;
    String webhook;
    try (ServiceProcess service = ServiceProcess.start(folder)) {
      FanfareClient client = service.client(vertx);
      webhook = register(client, "/hook");
      register(client, "/held");
      publisher = new SteadyPublisher(vertx, client, 5).start(4);
      await().until(() -> publisher.accepted() > 100 && !held.isEmpty());
      service.terminate();
      int refused = publisher.refused();
      await().until(() -> publisher.refused() > refused + 4);
      HttpResponse<Buffer> ready =
          await(client.raw(HttpMethod.GET, "/health/ready", Buffer.buffer()));
      assertThat(ready.statusCode()).isEqualTo(503);
      publisher.stop();
      await().until(publisher::isQuiet);
      assertThat(publisher.wrong()).isEmpty();
      assertThat(publisher.cutOff()).isZero();
      held.forEach(request -> request.response().end());

      assertThat(service.exitCode()).isZero();
      assertThat(folder.resolve("postgres/data/postmaster.pid"))
          .as("its PostgreSQL has ended in good order")
          .doesNotExist();
      client.close();
    }
    receiver.answer("/held", 200, "OK");

    try (ServiceProcess service = ServiceProcess.start(folder)) {
      FanfareClient client = service.client(vertx);
      String path = "/api/webhooks/" + webhook;
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  await(client.get(path)).getJsonObject("stats").getInteger("pending_deliveries")
                      == 0);
      assertThat(
              HistoryCheck.violations(
                  Histories.of(
                      client,
                      publisher.log(),
                      new History.Hook(webhook, "/hook", SECRET, 3, 1_000),
                      receiver),
                  0))
          .isEmpty();

      // A receiver that never answers would hold up the end; whoever says it twice will not wait.
      held.clear();
      receiver.answer("/held", (request, body) -> held.add(request));
      await(
          client.post(
              "/api/events",
              new JsonObject().put("event", "build.started").put("data", new JsonObject())));
      await().until(() -> !held.isEmpty());
      long begin = System.nanoTime();
      service.terminate();
      await()
          .until(
              () ->
                  await(client.raw(HttpMethod.GET, "/health/ready", Buffer.buffer())).statusCode()
                      == 503);
      service.terminate();
      assertThat(service.exitCode()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("less than delivery.drain_timeout")
          .isLessThan(Duration.ofSeconds(20));
      client.close();
    }
  }

  private String register(FanfareClient client, String path) throws TimeoutException {
    return await(
            client.post(
                "/api/webhooks",
                new JsonObject()
                    .put("name", path)
                    .put("url", receiver.url(path))
                    .put("secret", SECRET)
                    .put("events", new JsonArray().add("*"))))
        .getString("webhook_id");
  }
}
