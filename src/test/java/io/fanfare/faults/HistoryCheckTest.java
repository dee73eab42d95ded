package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.faults.History.Got;
import io.fanfare.faults.History.Hook;
import io.fanfare.faults.History.Told;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker must see what it is there to see: forged histories, one fault each. */
class HistoryCheckTest {
  private static final Hook HOOK = new Hook("webhook_1", "/hook", "s", 3, 100);

  private final ProducerLog log = new ProducerLog();
  private final List<Told> polls = new ArrayList<>(List.of(told("del_1", "event_1", "pending", 0)));
  private final List<Told> told =
      new ArrayList<>(
          List.of(
              told("del_1", "event_1", "success", 2),
              told("del_2", "event_2", "failed", 3),
              // Its publisher got no answer: it may be there or not.
              told("del_3", "event_3", "success", 1)));
  private final List<Got> got =
      new ArrayList<>(
          List.of(
              got("del_1", "one", 0, 500),
              got("del_1", "one", 100, 200),
              got("del_2", "two", 0, 500),
              got("del_2", "two", 100, 500),
              got("del_2", "two", 250, 500),
              got("del_3", "three", 0, 200)));
  private final JsonObject stats =
      new JsonObject()
          .put("total_deliveries", 3)
          .put("successful_deliveries", 2)
          .put("failed_deliveries", 1)
          .put("pending_deliveries", 0);

  @BeforeEach
  void publish() {
    for (String mark : List.of("one", "two", "three", "four")) {
      log.submitted(mark, data(mark));
    }
    log.accepted("one", "event_1");
    log.accepted("two", "event_2");
    log.refused("four");
  }

  @Test
  void findsNothingInAGoodRun() {
    assertThat(violations(0)).isEmpty();
  }

  @Test
  void findsADeletedRow() {
    told.remove(0);
    stats.put("successful_deliveries", 1).put("total_deliveries", 2);
    assertThat(violations(0))
        .containsExactly(
            "I1: event_1 was accepted and is lost",
            "I3: del_1 was told and is gone",
            "I2: del_1 arrived and nobody knows it");
    assertThat(history().lost()).isEqualTo(1);
  }

  @Test
  void findsASkippedFlush() {
    log.submitted("nine", data("nine"));
    log.accepted("nine", "event_9");
    assertThat(violations(0)).containsExactly("I1: event_9 was accepted and is lost");
  }

  @Test
  void findsADeliveryThatNeverEnded() {
    told.set(0, told("del_1", "event_1", "pending", 2));
    stats.put("pending_deliveries", 1).put("successful_deliveries", 1);
    assertThat(violations(0)).containsExactly("I1: del_1 is still pending");
  }

  @Test
  void findsARequestThatNobodyKnows() {
    got.add(got("del_9", "one", 0, 200));
    assertThat(violations(0)).containsExactly("I2: del_9 arrived and nobody knows it");
  }

  @Test
  void findsWhatNobodyHasPublished() {
    got.set(5, got("del_3", "made up", 0, 200));
    assertThat(violations(0)).containsExactly("I2: del_3 carries what nobody has submitted");
  }

  @Test
  void findsWhatWasRefusedAndArrives() {
    got.set(5, got("del_3", "four", 0, 200));
    assertThat(violations(0)).containsExactly("I2: four was refused and arrived");
  }

  @Test
  void findsADeliveryThatEndsTwice() {
    polls.add(told("del_2", "event_2", "success", 1));
    assertThat(violations(0)).containsExactly("I3: del_2 was success and is failed now");
  }

  @Test
  void findsAForgottenAttempt() {
    polls.add(told("del_2", "event_2", "pending", 4));
    assertThat(violations(0)).containsExactly("I3: del_2 has forgotten an attempt");
  }

  @Test
  void findsASuccessThatNobodyGot() {
    got.set(5, got("del_3", "three", 0, 500));
    assertThat(violations(0)).containsExactly("I4: del_3 is a success and nobody got it");
  }

  @Test
  void findsAFailureBeforeItsTime() {
    told.set(1, told("del_2", "event_2", "failed", 2));
    got.remove(4);
    assertThat(violations(0)).containsExactly("I4: del_2 failed after 2 attempts");
    got.set(3, got("del_2", "two", 100, 404));
    assertThat(violations(0)).as("an answer that is final").isEmpty();
  }

  @Test
  void findsABurnedAttempt() {
    told.set(2, told("del_3", "event_3", "success", 2));
    assertThat(violations(0)).containsExactly("I5: del_3 has 2 attempts, of which 1 arrived");
  }

  @Test
  void findsADoubledRequestUnlessAProcessWasKilled() {
    got.add(got("del_1", "one", 200, 200));
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I5: del_1 arrived 3 times, attempts 2",
            "I6: del_1 arrived 2 times although it was accepted");
    assertThat(violations(1)).isEmpty();
    assertThat(history().duplicates()).isEqualTo(1);
  }

  @Test
  void findsAFlippedByte() {
    Buffer flipped = Buffer.buffer(got.get(1).body().toString().replace("text", "tExt"));
    got.set(1, signed("del_1", flipped, 100, 200));
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I7: del_1 has other bytes than were posted", "I7: del_1 arrived with two bodies");
  }

  @Test
  void findsAWrongSignature() {
    Got other = got("del_1", "two", 0, 0);
    Got first = got.get(1);
    got.set(1, new Got("/hook", "del_1", first.body(), other.signed(), first.arrivedNanos(), 200));
    assertThat(violations(0)).containsExactly("I7: del_1 has a wrong signature");
  }

  @Test
  void findsAnAttemptBeforeItsDelayIsOverUnlessAProcessWasKilled() {
    got.set(1, got("del_1", "one", 99, 200));
    assertThat(violations(0)).containsExactly("I8: del_1 came before its delay was over");
    assertThat(violations(1)).isEmpty();
  }

  @Test
  void findsTwoDeliveriesOfOneEvent() {
    told.add(told("del_4", "event_1", "success", 1));
    got.add(got("del_4", "one", 0, 200));
    stats.put("total_deliveries", 4).put("successful_deliveries", 3);
    assertThat(violations(0)).containsExactly("I9: event_1 has two deliveries");
  }

  @Test
  void findsTwoEventsOfOneRequest() {
    log.accepted("one", "event_3");
    got.set(5, got("del_3", "one", 0, 200));
    assertThat(violations(0))
        .contains("I9: one was accepted as event_1 and as event_3", "I9: one became 2 events");
  }

  @Test
  void findsCountsThatAreNotWhatIsThere() {
    stats.put("successful_deliveries", 3).put("total_deliveries", 4);
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I10: successful_deliveries is 3, listed are 2", "I10: total_deliveries is 4");
  }

  @Test
  void findsARequestAtAStrangersUrl() {
    Got first = got.get(1);
    got.set(1, new Got("/other", "del_1", first.body(), first.signed(), first.arrivedNanos(), 200));
    assertThat(violations(0)).containsExactly("I11: del_1 arrived at /other");
  }

  private List<String> violations(int kills) {
    return HistoryCheck.violations(history(), kills);
  }

  private History history() {
    return new History(log, List.of(HOOK), told, Map.of(HOOK.id(), stats), got, polls, true);
  }

  private static Told told(String delivery, String event, String status, int attempts) {
    return new Told(HOOK.id(), delivery, event, status, attempts);
  }

  private static String data(String mark) {
    return new JsonObject().put("mark", mark).put("more", "text").encode();
  }

  private static Got got(String delivery, String mark, long millis, int answered) {
    return signed(
        delivery, Buffer.buffer("{\"event\":\"a\",\"data\":" + data(mark) + "}"), millis, answered);
  }

  private static Got signed(String delivery, Buffer body, long millis, int answered) {
    return new Got(
        HOOK.path(),
        delivery,
        body,
        Signatures.of(HOOK.secret(), delivery, "1767225600", body),
        TimeUnit.MILLISECONDS.toNanos(millis),
        answered);
  }
}
