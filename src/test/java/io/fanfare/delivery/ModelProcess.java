package io.fanfare.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fanfare.SteppingClock;
import io.fanfare.event.Delivery;
import io.fanfare.event.HeldBytes;
import io.fanfare.event.OpenSet;
import io.fanfare.event.Window;
import io.fanfare.event.Windows;
import io.fanfare.id.IdGenerator;
import io.fanfare.webhook.TestWebhooks;
import io.fanfare.webhook.WebhookIndex;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One process: the real open set, windows, flushes, heads and backlogs, joined by contexts that
 * take turns by chance.
 */
final class ModelProcess {
  static final int WEBHOOKS = 2;
  static final int PERMITS = 4;
  private static final int HELD_BYTES = 14;

  final Random random;
  final ModelDatabase database;
  final SteppingClock clock;
  final UUID earlierMark;
  final IdGenerator ids;
  final OpenSet openSet;
  final HeldBytes held = new HeldBytes(HELD_BYTES);
  final Windows windows = new Windows(PERMITS, held);
  final WebhookIndex index = new WebhookIndex();
  final ModelMail mail = new ModelMail();
  final ModelHoldings holdings = new ModelHoldings();
  final ModelIngest ingest = new ModelIngest(this);
  final ModelSupervisor supervisor = new ModelSupervisor(this);
  final ModelOutcomes outcomes = new ModelOutcomes(this);
  final ModelSchedule schedule;
  private UUID lastMark = IdGenerator.ZERO;
  private @Nullable UUID beat;

  /** Starts on what an earlier one has left. */
  ModelProcess(Random random, ModelDatabase database, SteppingClock clock) {
    this.random = random;
    this.database = database;
    this.clock = clock;
    this.earlierMark = database.mark;
    UUID newest =
        IdGenerator.ORDER.compare(database.mark, database.largestEvent) > 0
            ? database.mark
            : database.largestEvent;
    this.ids = new IdGenerator(clock, new SplittableRandom(random.nextLong()), newest);
    this.openSet = new OpenSet(ids, earlierMark);
    for (int webhook = 0; webhook < WEBHOOKS; webhook++) {
      index.put(TestWebhooks.of(webhook, "http://127.0.0.1:1/"));
    }
    this.schedule = new ModelSchedule(this);
  }

  /** Anything may happen. */
  void step() {
    switch (random.nextInt(16)) {
      case 0, 1 -> ingest.publish();
      case 2, 3, 4 -> ingest.step(true);
      case 5, 6 -> outcomes.step(true);
      case 7, 8 -> schedule.step(true);
      case 9 -> beat();
      case 10 -> passMillis(1 + random.nextInt(3));
      case 11 -> supervisor.retire(random.nextInt(WEBHOOKS));
      case 12 -> supervisor.verticles().forEach(v -> v.block(random.nextInt(3) == 0));
      case 13 -> supervisor.verticles().forEach(ModelVerticle::attemptEnds);
      default -> mail.read(random);
    }
    check();
  }

  /** Dies. */
  void crash() {
    ingest.crash();
    outcomes.crash();
    if (beat != null && random.nextBoolean()) {
      database.mark = beat;
    }
  }

  /** Ends in good order, with what waits in memory left where it is. */
  void stop() {
    while (!ingest.isQuiet()) {
      ingest.step(false);
    }
    database.mark = openSet.mark();
    crash();
  }

  /** The mark is taken at one moment and written at another, or never. */
  private void beat() {
    if (beat == null) {
      beat = openSet.mark();
    } else {
      if (random.nextInt(4) > 0) {
        database.mark = beat;
      }
      beat = null;
    }
  }

  void passMillis(long millis) {
    clock.step(millis);
    mail.fire(clock.millis());
    schedule.tick();
  }

  /** Nothing goes wrong any more, and no more is published: until nobody has anything to do. */
  void drain() {
    for (int idle = 0; idle < 3; ) {
      supervisor.verticles().forEach(v -> v.block(false));
      schedule.tick();
      boolean quiet =
          !mail.read(random)
              && ingest.isQuiet()
              && outcomes.isQuiet()
              && schedule.isQuiet()
              && supervisor.verticles().stream().noneMatch(ModelVerticle::isSending);
      ingest.step(false);
      outcomes.step(false);
      schedule.step(false);
      supervisor.verticles().forEach(ModelVerticle::attemptEnds);
      check();
      idle = quiet ? idle + 1 : 0;
    }
  }

  /** What must hold whatever happens next, a crash included. */
  private void check() {
    UUID mark = openSet.mark();
    assertThat(IdGenerator.ORDER.compare(lastMark, mark)).as("the mark goes back").isNotPositive();
    lastMark = mark;
    for (ModelDatabase.Row row : database.rows.values()) {
      if (row.isHeldByNobody()) {
        assertThat(holdings.has(row.id) || schedule.mayRecover(row.id))
            .as("%s is lost: pending, not due, and in nobody's memory", row.id)
            .isTrue();
        assertNotBelow(mark, row.id);
        assertNotBelow(database.mark, row.id);
      }
    }
    for (Delivery delivery : ingest.open()) {
      assertNotBelow(mark, delivery.id());
    }
    for (int webhook = 0; webhook < WEBHOOKS; webhook++) {
      Window window = windows.of(webhook);
      assertThat(window.free()).as("permits of webhook %d", webhook).isBetween(0, PERMITS);
      assertThat(PERMITS - window.free())
          .as("permits of webhook %d that are taken", webhook)
          .isEqualTo(holdings.permits(webhook));
    }
    assertThat(held.bytes()).as("bytes held").isEqualTo(holdings.bytes());
  }

  private static void assertNotBelow(UUID mark, UUID id) {
    assertThat(IdGenerator.ORDER.compare(mark, id))
        .as("the mark %s has passed %s, which is open", mark, id)
        .isNotPositive();
  }
}
