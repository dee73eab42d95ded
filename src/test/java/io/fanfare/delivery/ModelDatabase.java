package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import io.fanfare.event.Event;
import io.fanfare.id.IdGenerator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What outlives a process: rows and the mark; and what publishers and receivers know. */
final class ModelDatabase {
  final Map<UUID, Row> rows = new LinkedHashMap<>();
  UUID mark = IdGenerator.ZERO;
  UUID largestEvent = IdGenerator.ZERO;

  /** Deliveries of events that were answered 202. */
  final Set<UUID> accepted = new HashSet<>();

  /** Deliveries whose receiver has answered 2xx, or an answer that is final. */
  final Set<UUID> arrived = new HashSet<>();

  /** A row of {@code delivery}. */
  static final class Row {
    final int webhook;
    final UUID id;
    final Event event;
    boolean pending = true;
    @Nullable Long dueAt;
    int attempts;

    Row(Delivery delivery, @Nullable Long dueAt) {
      this.webhook = delivery.webhook();
      this.id = delivery.id();
      this.event = delivery.event();
      this.dueAt = dueAt;
    }

    /** Whether some process's memory must have it. */
    boolean isHeldByNobody() {
      return pending && dueAt == null;
    }

    boolean isWaiting() {
      return pending && dueAt != null;
    }
  }

  void insert(Delivery delivery, @Nullable Long dueAt) {
    rows.put(delivery.id(), new Row(delivery, dueAt));
    if (IdGenerator.ORDER.compare(delivery.event().id(), largestEvent) > 0) {
      largestEvent = delivery.event().id();
    }
  }

  Row row(UUID id) {
    Row row = rows.get(id);
    if (row == null) {
      throw new AssertionError(id + " is sent and was never committed");
    }
    return row;
  }
}
