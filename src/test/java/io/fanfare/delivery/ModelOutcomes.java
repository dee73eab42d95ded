package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The outcome verticle: one statement at a time, repeated until it is committed. */
final class ModelOutcomes {
  private static final int BATCH = 4;
  private static final int ATTEMPTS_MAX = 4;

  private final ModelProcess process;
  private final ArrayDeque<Line> queue = new ArrayDeque<>();
  private List<Line> batch = List.of();
  private boolean executed;
  private boolean unknown;

  /**
   * A line of the flush.
   *
   * @param dueAt null where the delivery is ended
   */
  private record Line(Delivery delivery, int attempts, @Nullable Long dueAt) {}

  ModelOutcomes(ModelProcess process) {
    this.process = process;
  }

  void released(Delivery delivery) {
    add(new Line(delivery, delivery.attempts(), process.clock.millis()));
  }

  void attempted(Delivery delivery) {
    int attempts = delivery.attempts() + 1;
    boolean ends = attempts >= ATTEMPTS_MAX || process.random.nextInt(3) > 0;
    if (ends) {
      process.database.arrived.add(delivery.id());
    }
    add(
        new Line(
            delivery, attempts, ends ? null : process.clock.millis() + process.random.nextInt(6)));
  }

  boolean isQuiet() {
    return queue.isEmpty() && batch.isEmpty();
  }

  /** One thing happens to the statement. */
  void step(boolean trouble) {
    int chance = trouble ? process.random.nextInt(8) : 7;
    if (batch.isEmpty()) {
      next();
    } else if (unknown) {
      if (!executed && chance < 3) {
        execute();
      } else {
        // Its backend is gone; repeating it does no harm, whatever became of it.
        unknown = false;
        executed = false;
      }
    } else if (chance == 0) {
      unknown = true;
    } else if (!executed) {
      execute();
    } else {
      recorded();
    }
  }

  void crash() {
    if (!batch.isEmpty() && !executed && process.random.nextBoolean()) {
      execute();
    }
  }

  private void add(Line line) {
    process.holdings.reported(line.delivery());
    queue.add(line);
  }

  private void next() {
    List<Line> lines = new ArrayList<>();
    while (!queue.isEmpty() && lines.size() < BATCH) {
      lines.add(queue.remove());
    }
    batch = lines;
    executed = false;
    unknown = false;
  }

  private void execute() {
    executed = true;
    for (Line line : batch) {
      ModelDatabase.Row row = process.database.row(line.delivery().id());
      if (row.pending) {
        row.pending = line.dueAt() != null;
        row.dueAt = line.dueAt();
        row.attempts = line.attempts();
      }
      process.holdings.written(line.delivery());
    }
  }

  private void recorded() {
    Map<Integer, Long> waiting = new LinkedHashMap<>();
    Map<Integer, List<UUID>> fetched = new LinkedHashMap<>();
    for (Line line : batch) {
      Delivery delivery = line.delivery();
      int webhook = delivery.webhook();
      delivery.letGo();
      process.holdings.letGo(delivery);
      if (line.dueAt() != null) {
        waiting.merge(webhook, line.dueAt(), Math::min);
      }
      if (delivery.open() == null) {
        fetched.computeIfAbsent(webhook, w -> new ArrayList<>()).add(delivery.id());
      }
      if (delivery.window().takeHunger()) {
        process.mail.post(ModelMail.SUPERVISOR, () -> process.supervisor.wake(webhook));
      }
    }
    batch = List.of();
    fetched.forEach(
        (webhook, ids) ->
            process.mail.post(
                ModelMail.SUPERVISOR, () -> process.supervisor.recorded(webhook, ids)));
    waiting.forEach(process.schedule::waiting);
  }
}
