package io.fanfare.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Exchange;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Receivers that take their time, or that are not there: {@link HostilityTest} has the kinds of
 * slowness that begin with an answer.
 */
class DeadlineTest {
  private static final JsonObject ONE_SECOND = new JsonObject().put("timeout", 1);

  private TestFanfare fanfare;
  private HostileReceiver receiver;

  @BeforeEach
  void start() throws TimeoutException, IOException {
    fanfare = TestFanfare.start();
    receiver = HostileReceiver.start();
  }

  @AfterEach
  void stop() throws IOException {
    receiver.close();
    fanfare.close();
  }

  @Test
  void aReceiverThatTakesNothingIsLeftAtTheDeadline() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    receiver.beforeBody(
        "/deaf",
        exchange -> {
          awaitUnread(left);
          exchange.hang();
        });
    JsonObject webhook = fanfare.webhook(receiver.url("/deaf"), ONE_SECOND);
    // More than all buffers between us hold.
    JsonObject large = new JsonObject().put("text", "x".repeat(900_000));
    JsonObject answer =
        TestFanfare.await(
            fanfare
                .client()
                .post(
                    "/api/webhooks/" + webhook.getString("webhook_id") + "/test",
                    new JsonObject().put("payload", large)));
    assertThat(answer.getString("error")).isEqualTo("timeout after 1 s");
    left.countDown();
    await().until(() -> receiver.open() == 0);
    assertThat(Tested.of(fanfare, receiver.url("/well")).outcome()).isEqualTo("200 null");
  }

  @Test
  void aPortThatNobodyListensOnRefusesAtOnce() throws Exception {
    int port = receiver.port();
    receiver.close();
    Tested tested =
        TestFanfare.await(Tested.start(fanfare, "http://127.0.0.1:" + port + "/", ONE_SECOND));
    assertThat(tested.outcome()).isEqualTo("null connection refused");
  }

  @Test
  void theDeadlineIsToldAsConfigured() throws Exception {
    receiver.on("/never", Exchange::hang);
    Tested tested =
        TestFanfare.await(
            Tested.start(fanfare, receiver.url("/never"), new JsonObject().put("timeout", 1.25)));
    assertThat(tested.answer().getString("error")).isEqualTo("timeout after 1.25 s");
    assertThat(tested.answer().containsKey("response_code")).isTrue();
    assertThat(tested.answer().getValue("response_code")).isNull();
    assertThat(tested.answer().getValue("response_time")).isNull();
    assertThat(tested.answer().getValue("response_body")).isNull();
  }

  private static void awaitUnread(CountDownLatch left) {
    try {
      assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
