package io.fanfare.event;

import static io.fanfare.event.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Flushes of two loops that carry the same keys. */
class IdempotencyRacesTest {
  private static final int ROUNDS = 15;
  private static final int KEYS = 40;

  /** Both flushes lock the same keys; in one order there is no deadlock, in any other there is. */
  @Test
  void theSameKeysInOppositeOrdersMakeEachEventOnceAndNoDeadlock() throws Exception {
    try (IngestRig rig = new IngestRig(2, Duration.ofMillis(20), pool -> pool)) {
      long deadlocks = deadlocks(rig);
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<JsonObject>> up = new ArrayList<>();
        List<Future<JsonObject>> down = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
          // In turn to one verticle and the other.
          up.add(rig.publish(i, "key-" + round + "-" + i));
          down.add(rig.publish(KEYS - 1 - i, "key-" + round + "-" + (KEYS - 1 - i)));
        }
        for (int i = 0; i < KEYS; i++) {
          JsonObject one = await(up.get(i));
          JsonObject other = await(down.get(KEYS - 1 - i));
          assertThat(one.getString("event_id")).isEqualTo(other.getString("event_id"));
          assertThat(one.getBoolean("duplicate", false))
              .isNotEqualTo(other.getBoolean("duplicate", false));
        }
      }
      assertThat(rig.count("event")).isEqualTo((long) ROUNDS * KEYS);
      assertThat(deadlocks(rig)).isEqualTo(deadlocks);
      await().until(() -> rig.handedOver.size() == ROUNDS * KEYS);
      await().until(rig::holdsNothing);
    }
  }

  private static long deadlocks(IngestRig rig) throws Exception {
    return await(
        rig.database
            .control()
            .query(
                "select pg_stat_force_next_flush(), deadlocks from pg_stat_database"
                    + " where datname = current_database()")
            .execute()
            .map(rows -> rows.iterator().next().getLong(1)));
  }
}
