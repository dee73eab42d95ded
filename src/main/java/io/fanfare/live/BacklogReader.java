package io.fanfare.live;

import io.fanfare.event.OpenSet;
import io.fanfare.id.IdGenerator;
import io.fanfare.live.Pulse.Backlog;
import io.fanfare.stats.PendingReader;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is pending, in the database and in memory, and for how long. Thread-safe. */
public final class BacklogReader {
  // Whoever looks for expired deliveries needs a while.
  private static final Duration BEYOND = Duration.ofDays(1);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final PendingReader pending;
  private final OpenSet openSet;
  private final WebhookIndex index;
  private final Duration maxWait;
  private final Clock clock;
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile @Nullable Known known;

  /** What was read last, of all. */
  private record Known(Backlog backlog, long atNanos) {
    boolean isOlderThan(long nanos) {
      return System.nanoTime() - atNanos > nanos;
    }
  }

  /**
   * @param openSet what is in memory
   * @param maxWait after which a delivery that could not be ended is given up
   */
  public BacklogReader(
      PendingReader pending, OpenSet openSet, WebhookIndex index, Duration maxWait, Clock clock) {
    this.pending = pending;
    this.openSet = openSet;
    this.index = index;
    this.maxWait = maxWait;
    this.clock = clock;
  }

  /**
   * What is pending, as of the last fold of the counters.
   *
   * @param project of this one only, without what is in memory for the age; null for all
   */
  public Future<Backlog> read(@Nullable String project) {
    Instant now = clock.instant();
    return pending
        .read(project == null ? null : numbersOf(project), now.minus(maxWait).minus(BEYOND))
        .map(read -> new Backlog(read.deliveries(), age(read, project, now)))
        .onSuccess(
            read -> {
              if (project == null) {
                known = new Known(read, System.nanoTime());
              }
            });
  }

  /**
   * The same, twenty seconds old at most, and two where it is asked for all the time: where
   * thousands of webhooks have something pending it takes a while to find the oldest, and whoever
   * asks does not wait for that. Of a single project it is read anew.
   */
  public Future<Backlog> recent(@Nullable String project) {
    Known last = known;
    if (project != null || last == null || last.isOlderThan(KNOWN_NANOS)) {
      return read(project);
    }
    if (last.isOlderThan(FRESH_NANOS) && refreshing.compareAndSet(false, true)) {
      read(null).onComplete(read -> refreshing.set(false));
    }
    return Future.succeededFuture(last.backlog());
  }

  private List<Integer> numbersOf(String project) {
    return index.all().stream()
        .filter(webhook -> Objects.equals(webhook.projectId(), project))
        .map(Webhook::number)
        .toList();
  }

  private @Nullable Long age(PendingReader.Pending read, @Nullable String project, Instant now) {
    Instant oldest = read.oldestWaiting();
    if (project == null && read.deliveries() > 0) {
      // Nothing in memory is older than the mark.
      Instant mark = Instant.ofEpochMilli(IdGenerator.millis(openSet.mark()));
      oldest = oldest == null || mark.isBefore(oldest) ? mark : oldest;
    }
    return oldest == null ? null : Math.max(0, Duration.between(oldest, now).toMillis());
  }
}
