package io.fanfare.receivers;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A connection is used again where that is safe: no delivery gets another's answer, and none burns
 * an attempt because of what a connection had been through before.
 */
class ConnectionReuseTest {
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK";
  private static final JsonObject ONE_ATTEMPT =
      new JsonObject().put("retry_policy", new JsonObject().put("max_attempts", 1));

  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start(Map.of("FANFARE_DELIVERY_CONCURRENCY", "1"));
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void manyDeliveriesGoOverOneConnection() throws Exception {
    try (HostileReceiver fresh = HostileReceiver.start()) {
      JsonObject webhook = webhook(fresh.url("/one"), "/one");
      publish("/one", 20);
      awaitEnded(webhook, 20);
      assertThat(fresh.requests("/one")).hasSize(20);
      assertThat(fresh.connections()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerTooManyIsNobodysAnswer() throws Exception {
    receiver.answer("/double", OK + "HTTP/1.1 404 Not Yours\r\ncontent-length: 3\r\n\r\nbad");
    JsonObject webhook = webhook("/double");
    publish("/double", 20);
    awaitEnded(webhook, 20);
    assertAllSucceeded(webhook, "OK");
    assertThat(receiver.requests("/double").stream().map(Request::bodyText).distinct()).hasSize(20);
  }

  @Test
  void anAnswerTooManyThatComesLateIsNobodysAnswer() throws Exception {
    receiver.on(
        "/late",
        exchange -> {
          exchange.send(OK);
          exchange.pause(Duration.ofMillis(30));
          exchange.send("HTTP/1.1 404 Not Yours\r\ncontent-length: 3\r\n\r\nbad");
        });
    JsonObject webhook = webhook("/late");
    for (int i = 1; i <= 3; i++) {
      publish("/late", 1);
      awaitEnded(webhook, i);
      int sent = i;
      await().until(() -> receiver.open() == 0 || receiver.requests("/late").size() > sent);
    }
    assertAllSucceeded(webhook, "OK");
  }

  @Test
  void strayBytesAfterAnAnswerBurnNothing() throws Exception {
    receiver.answer("/stray", OK + "\r\nstray bytes\r\n\r\n");
    receiver.answer("/no-content", "HTTP/1.1 204 No Content\r\n\r\nwhat should not be here");
    JsonObject stray = webhook(receiver.url("/stray"), "stray");
    JsonObject noContent = webhook(receiver.url("/no-content"), "stray");
    publish("stray", 10);
    awaitEnded(stray, 10);
    awaitEnded(noContent, 10);
    assertAllSucceeded(stray, "OK");
    assertAllSucceeded(noContent, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // No line that ends: a parser keeps that to itself until the next answer comes.
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK and more",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOKHTTP/1.1 404 Not Yours\r\nx: y\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\nmore",
        "HTTP/1.1 204 No Content\r\n\r\nbody",
        "HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nbody",
        "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
      })
  void bytesTooManyMakeNoDeliveryArriveTwice(String raw) throws Exception {
    String path = "/over/" + raw.hashCode();
    receiver.answer(path, raw);
    JsonObject webhook = webhook(path);
    publish(path, 20);
    awaitEnded(webhook, 20);
    assertAllSucceeded(webhook, raw.contains("OK") ? "OK" : "");
    assertThat(receiver.requests(path)).hasSize(20);
  }

  @Test
  void aBodyOfAnAnswerWithoutOneThatComesLateMakesNoDeliveryArriveTwice() throws Exception {
    receiver.on(
        "/late-body",
        exchange -> {
          exchange.send("HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\n");
          exchange.pause(Duration.ofMillis(5));
          exchange.send("body");
        });
    JsonObject webhook = webhook("/late-body");
    publish("/late-body", 20);
    awaitEnded(webhook, 20);
    assertAllSucceeded(webhook, "");
    assertThat(receiver.requests("/late-body")).hasSize(20);
  }

  @Test
  void noDeliveryOfAHostGetsTheAnswerOfAnother() throws Exception {
    // One attempt of a loop at a time: what one gives back, the next one takes at once.
    try (TestFanfare narrow =
            TestFanfare.start(
                Map.of(
                    "FANFARE_DELIVERY_CONCURRENCY", "2", "FANFARE_DELIVERY_IN_FLIGHT_MAX", "2"));
        HostileReceiver host = HostileReceiver.start()) {
      for (int i = 0; i < 10; i++) {
        String path = "/path/" + i;
        host.answer(
            path,
            ("HTTP/1.1 20%d OK\r\ncontent-length: 7\r\n\r\n%s"
                    + "HTTP/1.1 20%d OK\r\ncontent-length: 7\r\n\r\nstray/%d")
                .formatted(i % 4, path, (i + 1) % 4, i));
        narrow.webhook(host.url(path), ONE_ATTEMPT.copy().put("name", path));
      }
      for (int i = 0; i < 20; i++) {
        narrow.publish("build.started", new JsonObject().put("i", i));
      }
      JsonArray webhooks = await(narrow.client().get("/api/webhooks")).getJsonArray("webhooks");
      for (Object item : webhooks) {
        JsonObject webhook = (JsonObject) item;
        int number = Integer.parseInt(webhook.getString("name").substring("/path/".length()));
        String deliveries = path(webhook) + "/deliveries?limit=100";
        await()
            .until(
                () ->
                    await(narrow.client().get(deliveries + "&status=success")).getInteger("total")
                        == 20);
        assertThat(await(narrow.client().get(deliveries)).getJsonArray("deliveries"))
            .allSatisfy(
                one -> {
                  JsonObject delivery = (JsonObject) one;
                  assertThat(delivery.getInteger("response_code")).isEqualTo(200 + number % 4);
                  assertThat(delivery.getInteger("attempts")).isEqualTo(1);
                  assertThat(delivery.getString("response_body")).isEqualTo("/path/" + number);
                });
        assertThat(host.requests("/path/" + number)).hasSize(20);
      }
    }
  }

  @Test
  void aConnectionThatTheReceiverClosesBurnsNothing() throws Exception {
    receiver.answerAndClose("/closing", OK);
    receiver.answerAndClose(
        "/close-told", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nOK");
    receiver.answerAndClose("/until-close", "HTTP/1.0 200 OK\r\n\r\nOK");
    receiver.answer(
        "/keep-zero", "HTTP/1.1 200 OK\r\nkeep-alive: timeout=0\r\ncontent-length: 2\r\n\r\nOK");
    List<JsonObject> webhooks =
        List.of(
            webhook(receiver.url("/closing"), "closing"),
            webhook(receiver.url("/close-told"), "closing"),
            webhook(receiver.url("/until-close"), "closing"),
            webhook(receiver.url("/keep-zero"), "closing"));
    publish("closing", 10);
    for (JsonObject webhook : webhooks) {
      awaitEnded(webhook, 10);
      assertAllSucceeded(webhook, "OK");
    }
  }

  @Test
  void aConnectionThatIsCutInsteadOfAnswersTheSecondTimeIsTriedOnceMore() throws Exception {
    receiver.on(
        "/second",
        exchange -> {
          if (exchange.request().nth() == 1) {
            exchange.send(OK);
          } else {
            exchange.reset();
          }
        });
    JsonObject webhook = webhook("/second");
    publish("/second", 6);
    awaitEnded(webhook, 6);
    assertAllSucceeded(webhook, "OK");
    assertThat(receiver.requests("/second").stream().map(Request::bodyText).distinct()).hasSize(6);
  }

  @Test
  void aCutAfterALongWorkIsAFailedAttemptAndNotAskedForAgainAtOnce() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    receiver.on(
        "/crash",
        exchange -> {
          if (requests.incrementAndGet() == 1) {
            exchange.send(OK);
          } else {
            exchange.pause(Duration.ofMillis(1_200));
            exchange.close();
          }
        });
    JsonObject webhook = webhook("/crash");
    publish("/crash", 1);
    awaitEnded(webhook, 1);
    publish("/crash", 1);
    awaitEnded(webhook, 2);
    assertThat(receiver.requests("/crash")).hasSize(2);
    assertThat(stats(webhook).getInteger("failed_deliveries")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 600 Odd\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"
      })
  void aWholeHeadThatMeansNothingIsTheReceiversAnswerAndNotAskedForAgain(String odd)
      throws Exception {
    String path = "/odd/" + odd.hashCode();
    AtomicInteger requests = new AtomicInteger();
    receiver.on(path, exchange -> exchange.send(requests.incrementAndGet() == 1 ? OK : odd));
    JsonObject webhook = webhook(path);
    publish(path, 1);
    awaitEnded(webhook, 1);
    publish(path, 1);
    awaitEnded(webhook, 2);
    assertThat(receiver.requests(path)).hasSize(2);
    assertThat(stats(webhook).getInteger("failed_deliveries")).isEqualTo(1);
  }

  private static JsonObject webhook(String path) throws TimeoutException {
    return webhook(receiver.url(path), path);
  }

  private static JsonObject webhook(String url, String project) throws TimeoutException {
    return fanfare.webhook(url, ONE_ATTEMPT.copy().put("project_id", project));
  }

  private static void publish(String project, int events) throws TimeoutException {
    JsonArray all = new JsonArray();
    for (int i = 0; i < events; i++) {
      all.add(
          new JsonObject()
              .put("event", "build.started")
              .put("project_id", project)
              .put("data", new JsonObject().put("i", i)));
    }
    await(fanfare.client().post("/api/events/batch", new JsonObject().put("events", all)));
  }

  private static void awaitEnded(JsonObject webhook, int deliveries) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              JsonObject stats = stats(webhook);
              return stats.getInteger("successful_deliveries")
                      + stats.getInteger("failed_deliveries")
                  == deliveries;
            });
  }

  private static void assertAllSucceeded(JsonObject webhook, String body) throws TimeoutException {
    JsonArray deliveries =
        await(fanfare.client().get(path(webhook) + "/deliveries")).getJsonArray("deliveries");
    assertThat(deliveries)
        .allSatisfy(
            item -> {
              JsonObject delivery = (JsonObject) item;
              assertThat(delivery.getString("error")).isNull();
              assertThat(delivery.getString("status")).isEqualTo("success");
              assertThat(delivery.getString("response_body")).isEqualTo(body);
              assertThat(delivery.getInteger("attempts")).isEqualTo(1);
            });
  }

  private static JsonObject stats(JsonObject webhook) throws TimeoutException {
    return await(fanfare.client().get(path(webhook))).getJsonObject("stats");
  }

  private static String path(JsonObject webhook) {
    return "/api/webhooks/" + webhook.getString("webhook_id");
  }
}
