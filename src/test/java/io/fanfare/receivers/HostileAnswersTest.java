package io.fanfare.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fanfare.TestFanfare;
import io.fanfare.journey.LogLines;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is kept of answers that no good receiver gives, and what is made of them. */
class HostileAnswersTest {
  private static final String ACCEPTED = "200 null";

  private static TestFanfare fanfare;
  private static HostileReceiver receiver;

  @BeforeAll
  static void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start();
    receiver = HostileReceiver.start();
  }

  @AfterAll
  static void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void whatAReceiverSaysIsHarmlessInTheLog() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    try (LogLines log = LogLines.of(root)) {
      root.setLevel(Level.TRACE);
      String forged = "\u001b[31mforged\u009b";
      receiver.answer("/version", "HTTP/" + forged + " 200 OK\r\n\r\n");
      receiver.answer("/status", "HTTP/1.1 " + forged + "\r\n\r\n");
      receiver.answer("/name", "HTTP/1.1 200 OK\r\n" + forged + ": a\r\n\r\n");
      receiver.answer("/length", "HTTP/1.1 200 OK\r\ncontent-length: " + forged + "\r\n\r\n");
      for (String path : new String[] {"/version", "/status", "/name", "/length"}) {
        assertThat(Tested.of(fanfare, receiver.url(path)).outcome())
            .as(path)
            .isEqualTo("null malformed answer");
      }
      log.assertHarmless();
      assertThat(log.entries())
          .as("it is said as it was met")
          .anyMatch(entry -> entry.contains("attempt at 127.0.0.1") && entry.contains("forged"));
    } finally {
      root.setLevel(before);
    }
  }

  @Test
  void whatCameOfABodyThatIsCutIsKept() throws Exception {
    receiver.answerAndClose("/mid-body", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    Tested accepted = Tested.of(fanfare, receiver.url("/mid-body"));
    assertThat(accepted.outcome()).isEqualTo(ACCEPTED);
    assertThat(accepted.answer().getString("response_body")).isEqualTo("half");
  }

  @Test
  void anEndlessBodyIsCutAtOnceAndItsConnectionEnds() throws Exception {
    String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
    receiver.on(
        "/endless",
        exchange -> {
          exchange.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
          while (true) {
            exchange.send(chunk);
          }
        });
    Tested tested = Tested.of(fanfare, receiver.url("/endless"));
    assertThat(tested.outcome()).isEqualTo(ACCEPTED);
    assertThat(tested.answer().getString("response_body")).hasSize(16 << 10);
    assertThat(tested.millis()).isLessThan(2_000);
    await().until(() -> receiver.cut("/endless") == 1);
  }

  @Test
  void aCompressedBodyIsKeptAsItIs() throws Exception {
    receiver.answer(
        "/zipped",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 6\r\n\r\n\u001fA\u0000B\u0000C");
    assertThat(Tested.of(fanfare, receiver.url("/zipped")).answer().getString("response_body"))
        .isEqualTo("\u001fABC");
  }

  @Test
  void noRedirectIsFollowed() throws Exception {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      String path = "/redirect-" + status;
      receiver.answer(
          path,
          "HTTP/1.1 %d Moved\r\nlocation: %s\r\nrefresh: 0; url=%s\r\ncontent-length: 0\r\n\r\n"
              .formatted(status, receiver.url("/metadata"), receiver.url("/metadata")));
      assertThat(Tested.of(fanfare, receiver.url(path)).outcome())
          .startsWith(status + " HTTP " + status + ": ");
    }
    assertThat(receiver.requests("/metadata")).isEmpty();
  }

  @Test
  void headersOfAnAnswerComeBackAsTheyWere() throws Exception {
    receiver.answer(
        "/headers",
        "HTTP/1.1 500 Oh\r\nx-one: \\u0000\"\r\nX-Two: a\r\nx-two: b\r\ncontent-length: 0\r\n\r\n");
    JsonObject webhook = fanfare.webhook(receiver.url("/headers"), new JsonObject());
    JsonObject tested = TestFanfare.await(Tested.again(fanfare, webhook)).answer();
    JsonObject delivery =
        TestFanfare.await(
            fanfare
                .client()
                .get(
                    "/api/webhooks/"
                        + webhook.getString("webhook_id")
                        + "/deliveries/"
                        + tested.getString("delivery_id")));
    JsonObject headers =
        delivery.getJsonArray("attempts_log").getJsonObject(0).getJsonObject("response_headers");
    assertThat(headers.getString("x-one")).isEqualTo("\\u0000\"");
    assertThat(headers.getJsonArray("x-two")).isEqualTo(new JsonArray().add("a").add("b"));
  }
}
