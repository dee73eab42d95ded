package io.fanfare.delivery;

import io.fanfare.event.Delivery;
import io.fanfare.event.HandOver;
import io.fanfare.event.ModelFlush;
import java.util.ArrayList;
import java.util.List;

/** Ingest: flushes, and statements whose fate is not known at first. */
final class ModelIngest {
  private static final int ON_WAY_MAX = 3;

  private final ModelProcess process;
  private final List<Insert> onWay = new ArrayList<>();

  /** A flush with its statement. */
  private static final class Insert {
    private final ModelFlush flush;
    private final List<ModelFlush.Row> rows;
    private boolean executed;
    private boolean unknown;
    private boolean ended;

    Insert(ModelFlush flush) {
      this.flush = flush;
      this.rows = flush.rows();
    }
  }

  ModelIngest(ModelProcess process) {
    this.process = process;
  }

  void publish() {
    if (onWay.size() >= ON_WAY_MAX) {
      return;
    }
    ModelFlush flush =
        ModelFlush.build(
            process.openSet,
            process.ids,
            process.index,
            process.windows,
            process.clock,
            process.random);
    flush.rows().stream()
        .filter(r -> !r.spilled())
        .forEach(r -> process.holdings.hold(r.delivery()));
    onWay.add(new Insert(flush));
  }

  boolean isQuiet() {
    return onWay.isEmpty();
  }

  /** What its flushes have made and nobody knows the fate of. */
  List<Delivery> open() {
    return onWay.stream().flatMap(i -> i.rows.stream()).map(ModelFlush.Row::delivery).toList();
  }

  /** One thing happens to one statement. */
  void step(boolean trouble) {
    if (onWay.isEmpty()) {
      return;
    }
    Insert insert = onWay.get(process.random.nextInt(onWay.size()));
    int chance = trouble ? process.random.nextInt(10) : 9;
    if (insert.ended) {
      // Its backend is gone: now the database tells what it has.
      if (insert.executed) {
        succeeded(insert);
      } else if (chance < 5) {
        abandoned(insert);
      } else {
        onWay.set(onWay.indexOf(insert), new Insert(insert.flush));
      }
    } else if (insert.unknown) {
      if (!insert.executed && chance < 4) {
        execute(insert);
      } else {
        insert.ended = true;
      }
    } else if (chance == 0) {
      insert.unknown = true;
    } else if (insert.executed) {
      succeeded(insert);
    } else if (chance == 1) {
      abandoned(insert);
    } else if (chance == 2) {
      split(insert);
    } else if (chance == 3) {
      knowsKey(insert);
    } else {
      execute(insert);
    }
  }

  /** The process dies: what is on its way may or may not be committed. */
  void crash() {
    for (Insert insert : onWay) {
      if (!insert.ended && !insert.executed && process.random.nextBoolean()) {
        execute(insert);
      }
    }
  }

  private void execute(Insert insert) {
    insert.executed = true;
    long now = process.clock.millis();
    insert.rows.forEach(row -> process.database.insert(row.delivery(), row.spilled() ? now : null));
  }

  private void succeeded(Insert insert) {
    onWay.remove(insert);
    List<Delivery> direct = insert.flush.committed();
    insert.rows.forEach(row -> process.database.accepted.add(row.delivery().id()));
    if (!direct.isEmpty()) {
      HandOver handOver = new HandOver(direct);
      process.mail.post(ModelMail.SUPERVISOR, () -> process.supervisor.handOver(handOver));
      if (process.random.nextInt(4) == 0) {
        // The process stood still: the acknowledgement is overdue, the message perhaps not lost.
        process.mail.post(
            ModelMail.INGEST,
            () -> {
              if (handOver.take()) {
                direct.forEach(process.outcomes::released);
              }
            });
      }
    }
    insert.rows.stream()
        .filter(ModelFlush.Row::spilled)
        .mapToInt(row -> row.delivery().webhook())
        .distinct()
        .forEach(webhook -> process.schedule.waiting(webhook, process.clock.millis()));
  }

  private void abandoned(Insert insert) {
    onWay.remove(insert);
    insert.flush.abandoned();
    never(insert.rows);
  }

  private void split(Insert insert) {
    onWay.remove(insert);
    insert.flush.split().forEach(part -> onWay.add(new Insert(part)));
  }

  /** Somebody used the key of one of its requests before. */
  private void knowsKey(Insert insert) {
    if (insert.flush.knowsKey()) {
      List<ModelFlush.Row> gone = new ArrayList<>(insert.rows);
      Insert rest = new Insert(insert.flush);
      gone.removeIf(
          row -> rest.rows.stream().anyMatch(r -> r.delivery().id().equals(row.delivery().id())));
      never(gone);
      onWay.set(onWay.indexOf(insert), rest);
    }
  }

  private void never(List<ModelFlush.Row> rows) {
    rows.stream().filter(r -> !r.spilled()).forEach(r -> process.holdings.never(r.delivery()));
  }
}
