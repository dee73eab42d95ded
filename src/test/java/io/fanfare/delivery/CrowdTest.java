package io.fanfare.delivery;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.webhook.TestWebhooks;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More webhooks have work than may have a verticle. */
class CrowdTest {
  private static final int AWAKE_MAX = 3;

  /** That of the supervisor. */
  private static final int OTHER_VERTICLES = 1;

  private DeliveryRig rig;

  @BeforeEach
  void start() throws TimeoutException {
    rig =
        new DeliveryRig(
            Map.of(
                "FANFARE_DELIVERY_AWAKE_MAX", Integer.toString(AWAKE_MAX),
                "FANFARE_DELIVERY_CIRCUIT_FAILURES", "1",
                // Nobody leaves for being idle, but for others.
                "FANFARE_DELIVERY_IDLE_UNDEPLOY", "1h"));
  }

  @AfterEach
  void stop() throws TimeoutException {
    rig.close();
  }

  @Test
  void allAreServedOneAfterTheOtherAndNoMoreAreThereAtATime() throws Exception {
    int webhooks = 200;
    List<Future<?>> acknowledged = new ArrayList<>();
    for (int i = 2; i < 2 + webhooks; i++) {
      known(i, "/crowd");
      acknowledged.add(rig.handOver(i));
    }
    for (Future<?> one : acknowledged) {
      await(one);
    }
    await()
        .until(
            () -> {
              assertThat(rig.vertx.deploymentIDs())
                  .hasSizeLessThanOrEqualTo(AWAKE_MAX + OTHER_VERTICLES);
              return rig.reports.size() == webhooks;
            });
    assertThat(rig.receiver.receipts("/crowd")).hasSize(webhooks);
    await().until(() -> IntStream.range(2, 2 + webhooks).allMatch(rig::holdsNothing));
  }

  @Test
  void oneThatIsWokenAndFindsNothingDueLeavesToo() throws Exception {
    for (int i = 2; i < 2 + AWAKE_MAX; i++) {
      known(i, "/early");
      rig.wake(i);
    }
    await().until(() -> rig.pages.size() == AWAKE_MAX);
    known(100, "/late");
    await(rig.handOver(100));
    assertThat(rig.reports).isEmpty();
    for (int i = 0; i < AWAKE_MAX; i++) {
      rig.answerPage(0);
    }
    await().until(() -> rig.reports.size() == 1);
  }

  @Test
  void deadReceiversKeepNobodyFromAPlace() throws Exception {
    rig.receiver.answer("/dead", (request, body) -> request.response().setStatusCode(500).end());
    for (int i = 2; i < 2 + AWAKE_MAX; i++) {
      known(i, "/dead");
      await(rig.handOver(i));
    }
    await().until(() -> rig.reports.size() == AWAKE_MAX);
    known(100, "/alive");
    await(rig.handOver(100));
    await().until(() -> !rig.receiver.receipts("/alive").isEmpty());
  }

  @Test
  void aDeletionWaitsForNoPlace() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    rig.receiver.answer("/held", (request, body) -> held.add(request));
    for (int i = 2; i < 2 + AWAKE_MAX; i++) {
      known(i, "/held");
      await(rig.handOver(i));
    }
    await().until(() -> held.size() == AWAKE_MAX);
    Webhook standing = known(100, "/standing");
    await(rig.handOver(100));
    await(rig.delete(standing));
    await().until(() -> rig.reports.size() == 1);
    assertThat(rig.reports.get(0).kind()).isEqualTo(Report.Kind.DELETED);
    assertThat(rig.receiver.receipts("/standing")).isEmpty();
    held.forEach(request -> request.response().end());
    await().until(() -> rig.reports.size() == 1 + AWAKE_MAX);
  }

  private Webhook known(int number, String path) {
    Webhook webhook = TestWebhooks.of(number, rig.receiver.url(path));
    rig.index.put(webhook);
    return webhook;
  }
}
