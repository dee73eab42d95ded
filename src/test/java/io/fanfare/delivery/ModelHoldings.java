package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.event.Delivery;
import io.fanfare.event.Window;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The book that a process should keep: what it holds, counted delivery by delivery, against which
 * permits, bytes and the mark are checked.
 */
final class ModelHoldings {
  private final Set<UUID> inHand = new HashSet<>();
  private final Set<UUID> unrecorded = new HashSet<>();
  private final Map<Integer, Integer> permits = new HashMap<>();
  private long bytes;

  /** A delivery that may be sent has come into memory, with its permit. */
  void hold(Delivery delivery) {
    assertThat(inHand.add(delivery.id()) && !unrecorded.contains(delivery.id()))
        .as("%s is held twice", delivery.id())
        .isTrue();
    permits.merge(delivery.webhook(), 1, Integer::sum);
    bytes += delivery.bytes() + Window.BESIDE_PAYLOAD;
  }

  /** It is reported; nobody may send it any more. */
  void reported(Delivery delivery) {
    assertThat(inHand.remove(delivery.id())).as("%s is reported twice", delivery.id()).isTrue();
    unrecorded.add(delivery.id());
  }

  /** What was reported is committed. */
  void written(Delivery delivery) {
    unrecorded.remove(delivery.id());
  }

  /** The permit is given back. */
  void letGo(Delivery delivery) {
    permits.merge(delivery.webhook(), -1, Integer::sum);
    bytes -= delivery.bytes() + Window.BESIDE_PAYLOAD;
  }

  /** It was never committed. */
  void never(Delivery delivery) {
    inHand.remove(delivery.id());
    letGo(delivery);
  }

  /** A page is asked for with so many permits, or has come with that many less. */
  void page(int webhook, int limit) {
    permits.merge(webhook, limit, Integer::sum);
  }

  boolean has(UUID id) {
    return inHand.contains(id) || unrecorded.contains(id);
  }

  int permits(int webhook) {
    return permits.getOrDefault(webhook, 0);
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return inHand.isEmpty() && unrecorded.isEmpty();
  }
}
