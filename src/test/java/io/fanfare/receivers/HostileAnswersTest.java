package io.fanfare.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers that no good receiver gives: each has the outcome of the contract, and none harms the
 * next.
 */
class HostileAnswersTest {
  private static final String MALFORMED = "null malformed answer";
  private static final String CUT = "null connection closed before the answer";
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

  static Stream<Arguments> answers() {
    String big = "x".repeat(20_000);
    return Stream.of(
        Arguments.of("garbage", "\u0001\u0002garbage\r\n\r\n", MALFORMED),
        Arguments.of("http09", "<html>HTTP/0.9 has no head</html>\r\n\r\n", MALFORMED),
        Arguments.of("ssh", "SSH-2.0-OpenSSH_9.2\r\n\r\n", MALFORMED),
        Arguments.of("no-number", "HTTP/1.1 abc OK\r\n\r\n", MALFORMED),
        Arguments.of("negative", "HTTP/1.1 -200 OK\r\n\r\n", MALFORMED),
        Arguments.of("http2", "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        Arguments.of("http10", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", ACCEPTED),
        Arguments.of(
            "two-lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            MALFORMED),
        Arguments.of(
            "length-and-chunked",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            MALFORMED),
        Arguments.of("bad-length", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", MALFORMED),
        Arguments.of("negative-length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", MALFORMED),
        Arguments.of(
            "bad-chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n",
            ACCEPTED),
        Arguments.of(
            "long-line",
            "HTTP/1.1 200 " + "x".repeat(5_000) + "\r\ncontent-length: 0\r\n\r\n",
            MALFORMED),
        Arguments.of(
            "long-header",
            "HTTP/1.1 200 OK\r\nx: " + "x".repeat(1 << 20) + "\r\ncontent-length: 0\r\n\r\n",
            MALFORMED),
        Arguments.of(
            "many-headers",
            "HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(100_000) + "content-length: 0\r\n\r\n",
            MALFORMED),
        Arguments.of("nul-header", "HTTP/1.1 200 OK\r\nx: a\u0000b\r\n\r\n", MALFORMED),
        Arguments.of("no-body-204", "HTTP/1.1 204 No Content\r\n\r\nbody", "204 null"),
        Arguments.of(
            "switching", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", MALFORMED),
        Arguments.of(
            "continued",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            ACCEPTED),
        Arguments.of(
            "processing",
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            ACCEPTED),
        Arguments.of(
            "hints",
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            ACCEPTED),
        Arguments.of("too-big", "HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n" + big, ACCEPTED),
        Arguments.of(
            "gzip",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u001f\u008b\u0008\u0000",
            ACCEPTED),
        Arguments.of("four-digits", "HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        Arguments.of("over-599", "HTTP/1.1 600 Odd\r\ncontent-length: 0\r\n\r\n", MALFORMED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void hasTheOutcomeOfTheContractAndTheNextAttemptIsWell(String name, String raw, String outcome)
      throws Exception {
    receiver.answer("/" + name, raw);
    JsonObject webhook = fanfare.webhook(receiver.url("/" + name), new JsonObject());
    Tested tested = TestFanfare.await(Tested.again(fanfare, webhook));
    assertThat(tested.outcome()).isEqualTo(outcome);
    assertThat(tested.millis()).isLessThan(2_000);

    receiver.answer("/" + name, "HTTP/1.1 202 Accepted\r\ncontent-length: 4\r\n\r\nnext");
    Tested next = TestFanfare.await(Tested.again(fanfare, webhook));
    assertThat(next.outcome()).isEqualTo("202 null");
    assertThat(next.answer().getString("response_body")).isEqualTo("next");
  }

  @Test
  void aConnectionThatEndsWithinTheHeadIsANetworkError() throws Exception {
    receiver.answerAndClose("/mid-head", "HTTP/1.1 200 OK\r\ncontent-le");
    receiver.answerAndClose("/no-head", "");
    receiver.on("/reset", HostileReceiver.Exchange::reset);
    for (String path : new String[] {"/mid-head", "/no-head", "/reset"}) {
      assertThat(Tested.of(fanfare, receiver.url(path)).outcome()).as(path).isEqualTo(CUT);
    }
  }

  @Test
  void theHeadDecidesWhereTheBodyIsCut() throws Exception {
    receiver.answerAndClose("/mid-body", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    receiver.answerAndClose("/mid-500", "HTTP/1.1 500 Oh\r\ncontent-length: 10\r\n\r\nhalf");
    Tested accepted = Tested.of(fanfare, receiver.url("/mid-body"));
    assertThat(accepted.outcome()).isEqualTo(ACCEPTED);
    assertThat(accepted.answer().getString("response_body")).isEqualTo("half");
    assertThat(Tested.of(fanfare, receiver.url("/mid-500")).outcome())
        .isEqualTo("500 HTTP 500: Internal Server Error");
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
