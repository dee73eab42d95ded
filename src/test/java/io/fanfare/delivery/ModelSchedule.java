package io.fanfare.delivery;

import io.fanfare.id.IdGenerator;
import io.fanfare.schedule.ModelHeads;
import io.fanfare.schedule.Page;
import io.fanfare.schedule.PageRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The schedule around the real heads: wakes, reads pages, makes due what an earlier one held. */
final class ModelSchedule {
  private static final int RECOVERY_PAGE = 2;

  private final ModelProcess process;
  private final UUID firstId;
  private final ModelHeads heads = new ModelHeads();
  private final List<Asked> requests = new ArrayList<>();
  private List<Asked> reading = List.of();
  private final Map<Asked, List<Page.Due>> pages = new HashMap<>();
  private long readAt;
  private boolean loaded;
  private boolean recovered;

  private record Asked(PageRequest request, Promise<Page> page) {}

  ModelSchedule(ModelProcess process) {
    this.process = process;
    this.firstId = process.ids.next();
  }

  /** Something of the webhook is due then. */
  void waiting(int webhook, long dueAtMillis) {
    process.mail.post(ModelMail.SCHEDULE, () -> heads.note(webhook, dueAtMillis));
  }

  Future<Page> page(PageRequest request) {
    Promise<Page> promise = Promise.promise();
    process.mail.post(ModelMail.SCHEDULE, () -> requests.add(new Asked(request, promise)));
    return promise.future();
  }

  boolean isQuiet() {
    return requests.isEmpty() && reading.isEmpty() && loaded && recovered;
  }

  /** Whether a row may be in nobody's hands because its turn in the recovery has not come. */
  boolean mayRecover(UUID id) {
    return !recovered
        && IdGenerator.ORDER.compare(process.earlierMark, id) <= 0
        && IdGenerator.ORDER.compare(id, firstId) < 0;
  }

  /** The clock went on. */
  void tick() {
    long now = process.clock.millis();
    for (int due = heads.takeDue(now); due >= 0; due = heads.takeDue(now)) {
      int webhook = due;
      process.mail.post(ModelMail.SUPERVISOR, () -> process.supervisor.wake(webhook));
    }
  }

  /** One statement is executed. */
  void step(boolean trouble) {
    boolean fails = trouble && process.random.nextInt(4) == 0;
    if (!loaded) {
      loaded = !fails;
      if (loaded) {
        load();
      }
    } else if (!recovered && process.random.nextBoolean()) {
      if (!fails) {
        recoverPage();
      }
    } else if (reading.isEmpty()) {
      readPages();
    } else if (fails) {
      answer(asked -> asked.page().fail("the database is away"));
    } else {
      readNext();
      answer(asked -> asked.page().complete(new Page(pages.getOrDefault(asked, List.of()))));
    }
  }

  private void load() {
    rows(row -> true).forEach(row -> heads.note(row.webhook, dueAt(row)));
  }

  private void recoverPage() {
    List<ModelDatabase.Row> page =
        process.database.rows.values().stream()
            .filter(row -> row.isHeldByNobody() && mayRecover(row.id))
            .sorted(Comparator.comparing(row -> row.id, IdGenerator.ORDER))
            .limit(RECOVERY_PAGE)
            .toList();
    if (page.isEmpty()) {
      recovered = true;
      process.openSet.earlier().sealed();
    }
    for (ModelDatabase.Row row : page) {
      row.dueAt = process.clock.millis();
      heads.note(row.webhook, process.clock.millis());
    }
  }

  private void readPages() {
    reading = List.copyOf(requests);
    requests.clear();
    readAt = process.clock.millis();
    for (Asked asked : reading) {
      pages.put(
          asked,
          rows(row -> row.webhook == asked.request().webhook() && dueAt(row) <= readAt).stream()
              .filter(row -> !asked.request().held().contains(row.id))
              .limit(asked.request().limit())
              .map(row -> new Page.Due(row.id, row.event, row.attempts, 0))
              .toList());
    }
  }

  private void readNext() {
    for (Asked asked : reading) {
      rows(row -> row.webhook == asked.request().webhook() && dueAt(row) > readAt).stream()
          .findFirst()
          .ifPresent(row -> heads.note(row.webhook, dueAt(row)));
    }
  }

  private void answer(java.util.function.Consumer<Asked> how) {
    for (Asked asked : reading) {
      process.mail.post(ModelMail.verticle(asked.request().webhook()), () -> how.accept(asked));
    }
    reading = List.of();
  }

  private List<ModelDatabase.Row> rows(java.util.function.Predicate<ModelDatabase.Row> which) {
    return process.database.rows.values().stream()
        .filter(ModelDatabase.Row::isWaiting)
        .filter(which)
        .sorted(Comparator.comparingLong(ModelSchedule::dueAt))
        .toList();
  }

  private static long dueAt(ModelDatabase.Row row) {
    return row.dueAt == null ? Long.MAX_VALUE : row.dueAt;
  }
}
