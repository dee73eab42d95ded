package io.fanfare.delivery;

import static io.fanfare.TestFanfare.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.schedule.Deleted;
import io.fanfare.schedule.Page;
import io.fanfare.webhook.TestWebhooks;
import io.fanfare.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes for a webhook's verticle while it comes, goes, waits or must not send. */
class DeliveryRacesTest {
  private static final int ROUNDS = 60;

  private DeliveryRig rig;

  @BeforeEach
  void start() throws TimeoutException {
    rig =
        new DeliveryRig(
            Map.of(
                "FANFARE_DELIVERY_IDLE_UNDEPLOY", "100ms",
                "FANFARE_DELIVERY_CIRCUIT_FAILURES", "2",
                "FANFARE_DELIVERY_CIRCUIT_OPEN", "500ms"));
  }

  @AfterEach
  void stop() throws TimeoutException {
    rig.close();
  }

  /** Hand-overs at every moment of a verticle's retirement: each is sent, none is sent twice. */
  @Test
  void aHandOverNeverFallsBetweenAVerticleThatGoesAndTheNext() throws Exception {
    Webhook webhook = known(2, "/retired");
    Random moments = new Random(7);
    for (int i = 0; i < ROUNDS; i++) {
      await(rig.handOver(webhook.number()));
      // Around the moment at which the verticle has been idle for long enough.
      await(rig.vertx.timer(80 + moments.nextInt(60), TimeUnit.MILLISECONDS));
    }
    await().until(() -> rig.reports.size() == ROUNDS);
    assertThat(rig.receiver.receipts("/retired")).hasSize(ROUNDS);
    await().until(() -> rig.holdsNothing(webhook.number()));
  }

  /** Deletions and hand-overs at every moment of a verticle's retirement. */
  @Test
  void aDeletionIsAnsweredAndNothingStaysHeldThoughTheVerticleIsOnItsWayOut() throws Exception {
    List<Future<?>> answers = new ArrayList<>();
    Random moments = new Random(11);
    for (int i = 0; i < ROUNDS; i++) {
      int number = 2 + i;
      Webhook webhook = known(number, "/doomed");
      answers.add(rig.handOver(number));
      rig.vertx.setTimer(
          90 + moments.nextInt(80),
          timer -> {
            answers.add(rig.delete(webhook));
            answers.add(rig.handOver(number));
          });
      await(rig.vertx.timer(7, TimeUnit.MILLISECONDS));
    }
    await().until(() -> answers.size() == 3 * ROUNDS);
    for (Future<?> answer : List.copyOf(answers)) {
      await(answer);
    }
    await().until(() -> rig.reports.size() == 2 * ROUNDS);
    for (int i = 0; i < ROUNDS; i++) {
      int number = 2 + i;
      await().until(() -> rig.holdsNothing(number));
    }
    assertThat(rig.reports.stream().filter(r -> r.kind() == Report.Kind.DELETED))
        .hasSizeGreaterThanOrEqualTo(ROUNDS);
  }

  @Test
  void aDeletionLeavesAFetchedDeliveryOnItsWayToItsOutcome() throws Exception {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    rig.receiver.answer("/held", (request, body) -> held.add(request));
    Webhook webhook = known(2, "/held");
    rig.wake(webhook.number());
    await().until(() -> !rig.pages.isEmpty());
    Page.Due due = rig.answerPage(1).get(0);
    await().until(() -> !held.isEmpty());
    await(rig.delete(webhook));
    await().until(() -> !rig.ended.isEmpty());
    assertThat(rig.ended.get(0)).isInstanceOf(Deleted.class);
    assertThat(((Deleted) rig.ended.get(0)).held()).containsExactly(due.id());
    held.remove().response().end();
    await().until(() -> rig.reports.size() == 1);
    assertThat(rig.reports.get(0).kind()).isEqualTo(Report.Kind.ATTEMPTED);
  }

  @Test
  void noAttemptStartsWhileTooManyOutcomesAreNotWrittenDown() throws Exception {
    Webhook slow = known(2, "/unrecorded");
    Webhook other = known(3, "/other");
    rig.recording = false;
    for (int i = 0; i < 3; i++) {
      await(rig.handOver(slow.number()));
      int reported = i + 1;
      await().until(() -> rig.reports.size() == reported);
    }
    await(rig.handOver(slow.number()));
    await(rig.handOver(other.number()));
    // Both verticles have taken their delivery when a later message to them is answered.
    await(rig.change(slow, slow));
    await(rig.change(other, other));
    assertThat(rig.receiver.receipts("/unrecorded")).hasSize(3);
    assertThat(rig.receiver.receipts("/other")).isEmpty();
    rig.recording = true;
    rig.unrecorded.remove(3);
    await().until(() -> rig.reports.size() == 5);
    assertThat(rig.receiver.receipts("/unrecorded")).hasSize(4);
    assertThat(rig.receiver.receipts("/other")).hasSize(1);
    assertThat(rig.unrecorded.count()).isZero();
  }

  @Test
  void whatBecomesDueOfADeletedWebhookIsEnded() throws Exception {
    Webhook webhook = known(2, "/late");
    await(rig.delete(webhook));
    await().until(() -> rig.ended.size() == 1);
    // An outcome that was committed late made one of its deliveries wait.
    rig.wake(webhook.number());
    await().until(() -> rig.ended.size() == 2);
    assertThat(rig.ended.get(1)).isEqualTo(rig.ended.get(0));
  }

  @Test
  void noProbeOfAnInactiveWebhookIsSentThoughItsPageWasOnTheWay() throws Exception {
    rig.receiver.answer("/paused", 500, "no");
    Webhook webhook = known(2, "/paused");
    openCircuit(webhook);
    int receipts = rig.receiver.receipts("/paused").size();
    Webhook paused = TestWebhooks.of(2, 2, webhook.url(), false);
    await(rig.change(webhook, paused));
    rig.answerPage(1);
    await().until(() -> rig.reports.stream().anyMatch(r -> r.kind() == Report.Kind.RELEASED));
    assertThat(rig.receiver.receipts("/paused")).hasSize(receipts);
  }

  @Test
  void nothingIsReadWhileTheCircuitIsOpenAndNoProbeIsDue() throws Exception {
    rig.receiver.answer("/open", 500, "no");
    Webhook webhook = known(2, "/open");
    openCircuit(webhook);
    rig.answerPage(1);
    await().until(() -> rig.reports.size() == 3);
    // The probe failed: the circuit is open for longer now. Rows wait, and a record comes.
    rig.wake(2);
    rig.vertx
        .eventBus()
        .send(
            Addresses.supervisor(0), new Recorded(2, List.of(rig.ids.next())), LocalCodec.OPTIONS);
    await(rig.change(webhook, TestWebhooks.of(2, 2, webhook.url(), true)));
    assertThat(rig.pages).isEmpty();
    await().until(() -> !rig.pages.isEmpty());
    assertThat(rig.pages.remove().body().limit()).as("a probe").isEqualTo(1);
  }

  @Test
  void whoLostTheRightSendsNoProbeAndNoTest() throws Exception {
    rig.receiver.answer("/fenced", 500, "no");
    Webhook webhook = known(2, "/fenced");
    openCircuit(webhook);
    int receipts = rig.receiver.receipts("/fenced").size();
    rig.fence.lost();
    rig.answerPage(1);
    Future<Outcome> test = rig.lifecycle.test(webhook, rig.event(), rig.ids.next());
    await().until(test::failed);
    // The page is back in the database's hands: its permit is free again.
    await().until(() -> rig.holdsNothing(webhook.number()));
    assertThat(rig.receiver.receipts("/fenced")).hasSize(receipts);
  }

  @Test
  void whoLostTheRightSendsNoHandOverAndFetchesNothing() throws Exception {
    Webhook webhook = known(2, "/doubt");
    await(rig.handOver(2));
    await().until(() -> rig.reports.size() == 1);
    rig.fence.lost();
    await(rig.handOver(2));
    rig.wake(2);
    // Whatever was going to be sent is on its way when another webhook's change has been heard.
    await(rig.change(webhook, TestWebhooks.of(2, 2, webhook.url(), true)));
    await(rig.vertx.timer(300, TimeUnit.MILLISECONDS));
    assertThat(rig.receiver.receipts("/doubt")).hasSize(1);
    assertThat(rig.pages).as("nothing is fetched either").isEmpty();
  }

  @Test
  void aTestOfADeletedWebhookIsRefused() throws Exception {
    Webhook webhook = known(2, "/gone");
    await(rig.handOver(2));
    await().until(() -> rig.reports.size() == 1);
    await(rig.delete(webhook));
    Future<Outcome> test = rig.lifecycle.test(webhook, rig.event(), rig.ids.next());
    await().until(test::failed);
    assertThat(rig.receiver.receipts("/gone")).hasSize(1);
  }

  /** Leaves the webhook with its first probe's page asked for. */
  private void openCircuit(Webhook webhook) throws TimeoutException {
    await(rig.handOver(webhook.number()));
    await(rig.handOver(webhook.number()));
    await().until(() -> rig.reports.size() == 2);
    await().until(() -> !rig.pages.isEmpty());
  }

  private Webhook known(int number, String path) {
    Webhook webhook = TestWebhooks.of(number, rig.receiver.url(path));
    rig.index.put(webhook);
    return webhook;
  }
}
