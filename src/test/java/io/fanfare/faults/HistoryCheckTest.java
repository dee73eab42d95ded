package io.fanfare.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.faults.HistoryCheck.Got;
import io.fanfare.faults.HistoryCheck.Run;
import io.fanfare.faults.HistoryCheck.Told;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker must see what it is there to see: forged histories, one fault each. */
class HistoryCheckTest {
  private static final String SECRET = "s";

  private final List<String> accepted = new ArrayList<>(List.of("event_1", "event_2"));
  private final List<Told> told =
      new ArrayList<>(
          List.of(
              new Told("del_1", "event_1", "success", 2),
              new Told("del_2", "event_2", "failed", 3),
              // Its publisher got no answer: it may be there or not.
              new Told("del_3", "event_3", "success", 1)));
  private final List<Got> got =
      new ArrayList<>(
          List.of(
              got("del_1", "one", 500),
              got("del_1", "one", 200),
              got("del_2", "two", 500),
              got("del_2", "two", 500),
              got("del_2", "two", 500),
              got("del_3", "three", 200)));
  private final JsonObject stats =
      new JsonObject()
          .put("total_deliveries", 3)
          .put("successful_deliveries", 2)
          .put("failed_deliveries", 1)
          .put("pending_deliveries", 0);

  @Test
  void findsNothingInAGoodRun() {
    assertThat(violations(0)).isEmpty();
  }

  @Test
  void findsALostEvent() {
    accepted.add("event_9");
    assertThat(violations(0)).containsExactly("I1: event_9 was accepted and is lost");
  }

  @Test
  void findsADeliveryThatNeverEnded() {
    told.set(0, new Told("del_1", "event_1", "pending", 2));
    stats.put("pending_deliveries", 1).put("successful_deliveries", 1);
    assertThat(violations(0)).containsExactly("I1: del_1 is still pending");
  }

  @Test
  void findsARequestThatNobodyKnows() {
    got.add(got("del_9", "nine", 200));
    assertThat(violations(0)).containsExactly("I2: del_9 arrived and nobody knows it");
  }

  @Test
  void findsASuccessThatNobodyGot() {
    got.removeIf(g -> g.delivery().equals("del_3"));
    assertThat(violations(0)).containsExactly("I4: del_3 is a success and nobody got it");
  }

  @Test
  void findsAFailureBeforeItsTime() {
    told.set(1, new Told("del_2", "event_2", "failed", 2));
    assertThat(violations(0)).contains("I4: del_2 failed after 2 attempts");
  }

  @Test
  void findsADoubledRequestUnlessAProcessWasKilled() {
    got.add(got("del_1", "one", 200));
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I5: del_1 arrived 3 times, attempts 2",
            "I6: del_1 arrived 2 times although it was accepted");
    assertThat(violations(1)).isEmpty();
    assertThat(HistoryCheck.duplicates(run())).isEqualTo(1);
  }

  @Test
  void findsAFlippedByteAndAWrongSignature() {
    got.set(1, new Got("del_1", Buffer.buffer("oni"), got.get(1).signature(), 0, 200));
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I7: del_1 has a wrong signature", "I7: del_1 arrived with two bodies");
  }

  @Test
  void findsTwoDeliveriesOfOneEvent() {
    told.add(new Told("del_4", "event_1", "success", 1));
    got.add(got("del_4", "one", 200));
    stats.put("total_deliveries", 4).put("successful_deliveries", 3);
    assertThat(violations(0)).containsExactly("I9: event_1 has two deliveries");
  }

  @Test
  void findsCountsThatAreNotWhatIsThere() {
    stats.put("successful_deliveries", 3).put("total_deliveries", 4);
    assertThat(violations(0))
        .containsExactlyInAnyOrder(
            "I10: successful_deliveries is 3, listed are 2", "I10: total_deliveries is 4");
  }

  private List<String> violations(int kills) {
    return HistoryCheck.violations(run(), kills);
  }

  private Run run() {
    return new Run(accepted, told, stats, got, SECRET, 3);
  }

  private static Got got(String delivery, String body, int answered) {
    Buffer bytes = Buffer.buffer(body);
    return new Got(delivery, bytes, HistoryCheck.signature(SECRET, bytes), 0, answered);
  }
}
