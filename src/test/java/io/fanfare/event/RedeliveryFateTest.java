package io.fanfare.event;

import static io.fanfare.event.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fanfare.bus.Addresses;
import io.fanfare.database.Writer;
import io.fanfare.faults.Relay;
import io.fanfare.node.Fence;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A redelivery that was committed, and nobody heard of it. */
class RedeliveryFateTest {
  @Test
  void isAnsweredAndTheScheduleHearsOfIt() throws Exception {
    try (IngestRig rig = new IngestRig(1, Duration.ZERO, pool -> pool)) {
      List<Waiting> waiting = new CopyOnWriteArrayList<>();
      rig.vertx
          .eventBus()
          .<Waiting>localConsumer(Addresses.WAITING, message -> waiting.add(message.body()));
      Redelivery redelivery =
          new Redelivery(
              rig.vertx,
              new Writer(rig.vertx, rig.database, rig.relayed.control(), IngestRig.LIMIT),
              rig.database.control(),
              new Fence(0, () -> {}),
              rig.ids,
              Clock.systemUTC());
      await(rig.publish(1));
      await().until(() -> rig.handedOver.size() == 1);
      Delivery original = rig.handedOver.get(0);
      for (int i = 0; i < 2; i++) {
        await(redelivery.redeliver(IngestRig.WEBHOOK, original.event().id(), original.id()));
      }
      rig.relay.mode(Relay.Mode.CUT);
      Future<Redelivery.Made> made =
          redelivery.redeliver(IngestRig.WEBHOOK, original.event().id(), original.id());
      await().until(() -> rig.count("redelivery") == 3);

      assertThat(await(made).id()).isNotNull();
      await().until(() -> waiting.size() == 3);
      assertThat(rig.count("delivery")).isEqualTo(4);
      rig.relay.mode(Relay.Mode.PASS);
    }
  }
}
