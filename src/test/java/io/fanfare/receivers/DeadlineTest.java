package io.fanfare.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.TestFanfare;
import io.fanfare.receivers.HostileReceiver.Exchange;
import io.fanfare.receivers.HostileReceiver.Script;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Receivers that take their time: every attempt ends at its deadline, and so does its connection.
 */
class DeadlineTest {
  private static final Duration STEP = Duration.ofMillis(20);
  private static final JsonObject ONE_SECOND = new JsonObject().put("timeout", 1);
  private static final long TIMEOUT_MILLIS = 1_000;
  // The contract's 100 ms, and room for the request to the API on a busy machine.
  private static final long LATE_MILLIS = 500;

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
  void everyKindOfSlownessEndsAtTheDeadlineAndLeavesNoConnection() throws Exception {
    Map<String, Script> slow = new LinkedHashMap<>();
    slow.put("/never", Exchange::hang);
    slow.put("/half-head", sendThenHang("HTTP/1.1 200 OK\r\nx: "));
    slow.put("/trickled-head", sendThenTrickle("HTTP/1.1 200 OK\r\n", "x"));
    slow.put("/trickled-headers", sendThenTrickle("HTTP/1.1 200 OK\r\n", "x: y\r\n"));
    slow.put(
        "/informational",
        sendThenTrickle(
            "", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n"));
    Map<String, Script> slowBodies = new LinkedHashMap<>();
    slowBodies.put("/no-body", sendThenHang("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"));
    slowBodies.put(
        "/trickled-body", sendThenTrickle("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", "x"));
    slowBodies.put(
        "/trickled-chunks",
        sendThenTrickle("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"));
    slowBodies.put("/until-close", sendThenTrickle("HTTP/1.1 200 OK\r\n\r\n", "x"));

    Map<String, Tested> all = testAll(slow);
    all.putAll(testAll(slowBodies));

    all.forEach(
        (path, tested) -> {
          assertThat(tested.outcome())
              .as(path)
              .isEqualTo(slow.containsKey(path) ? "null timeout after 1 s" : "200 null");
          assertThat(tested.millis())
              .as(path)
              .isBetween(TIMEOUT_MILLIS - 50, TIMEOUT_MILLIS + LATE_MILLIS);
        });
    all.keySet().forEach(path -> await().until(() -> receiver.cut(path) == 1));
    assertThat(receiver.open()).isZero();
    assertThat(Tested.of(fanfare, receiver.url("/well")).outcome()).isEqualTo("200 null");
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

  // All at once, which the client's five connections allow.
  private Map<String, Tested> testAll(Map<String, Script> scripts) throws TimeoutException {
    Map<String, JsonObject> webhooks = new LinkedHashMap<>();
    for (Map.Entry<String, Script> entry : scripts.entrySet()) {
      receiver.on(entry.getKey(), entry.getValue());
      webhooks.put(entry.getKey(), fanfare.webhook(receiver.url(entry.getKey()), ONE_SECOND));
    }
    List<Future<Tested>> running = new ArrayList<>();
    webhooks.values().forEach(webhook -> running.add(Tested.again(fanfare, webhook)));
    Map<String, Tested> ended = new LinkedHashMap<>();
    int i = 0;
    for (String path : webhooks.keySet()) {
      ended.put(path, TestFanfare.await(running.get(i++)));
    }
    return ended;
  }

  private static Script sendThenHang(String begin) {
    return exchange -> {
      exchange.send(begin);
      exchange.hang();
    };
  }

  private static Script sendThenTrickle(String begin, String drop) {
    return exchange -> {
      exchange.send(begin);
      while (exchange.pause(STEP)) {
        exchange.send(drop);
      }
      exchange.hang();
    };
  }
}
