package io.fanfare.live;

import io.fanfare.delivery.CircuitBoard;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.FeedEntry;
import io.fanfare.webhook.CircuitRecord;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures of each second, for whoever watches. It listens to the feed, counts, and asks the
 * database once a second, only while there is anybody. Thread-safe: all of it happens on one
 * context.
 */
public final class Pulse implements Feed.Watcher {
  private static final long TICK_MILLIS = 1_000;
  private static final long PENDING_LIMIT_MILLIS = 800;

  private final Context context;
  private final Feed feed;
  private final Supplier<Accepted> accepted;
  private final Function<@Nullable String, Future<Backlog>> backlog;
  private final CircuitBoard circuits;
  private final WebhookIndex index;
  private final Clock clock;

  private final Map<@Nullable String, Group> groups = new HashMap<>();
  private long timer = -1;

  /** What was accepted since the process started. */
  public record Accepted(long events, long deliveries) {}

  /**
   * What is pending.
   *
   * @param oldestMillis age of the oldest one; null where none is
   */
  public record Backlog(long deliveries, @Nullable Long oldestMillis) {}

  /** Who watches the same project, and what they see. */
  private static final class Group {
    private final List<Consumer<Moment>> watchers = new ArrayList<>();
    private final Window window = new Window();
    private Accepted before;

    Group(Accepted before) {
      this.before = before;
    }
  }

  /**
   * @param context on which it counts
   * @param accepted what was accepted so far
   * @param backlog reads what is pending of a project, or of all for null
   */
  public Pulse(
      Context context,
      Feed feed,
      Supplier<Accepted> accepted,
      Function<@Nullable String, Future<Backlog>> backlog,
      CircuitBoard circuits,
      WebhookIndex index,
      Clock clock) {
    this.context = context;
    this.feed = feed;
    this.accepted = accepted;
    this.backlog = backlog;
    this.circuits = circuits;
    this.index = index;
    this.clock = clock;
  }

  /**
   * Tells the watcher of each second from the next one on, on a context of the pulse's own.
   *
   * @param project of this one only; null for all
   * @return ends the watch when it is run
   */
  public Runnable watch(@Nullable String project, Consumer<Moment> watcher) {
    context.runOnContext(v -> begin(project, watcher));
    return () -> context.runOnContext(v -> end(project, watcher));
  }

  private void begin(@Nullable String project, Consumer<Moment> watcher) {
    if (groups.isEmpty()) {
      feed.watch(this);
      timer = context.owner().setPeriodic(TICK_MILLIS, tick -> tick());
    }
    groups.computeIfAbsent(project, key -> new Group(accepted.get())).watchers.add(watcher);
  }

  private void end(@Nullable String project, Consumer<Moment> watcher) {
    Group group = groups.get(project);
    if (group == null) {
      return;
    }
    group.watchers.remove(watcher);
    if (group.watchers.isEmpty()) {
      groups.remove(project);
    }
    if (groups.isEmpty()) {
      feed.unwatch(this);
      context.owner().cancelTimer(timer);
    }
  }

  @Override
  public void recorded(List<FeedEntry> entries) {
    context.runOnContext(v -> groups.forEach((project, group) -> add(project, group, entries)));
  }

  private static void add(@Nullable String project, Group group, List<FeedEntry> entries) {
    for (FeedEntry entry : entries) {
      if (project == null || project.equals(entry.webhook().projectId())) {
        group.window.add(entry);
      }
    }
  }

  private void tick() {
    groups.forEach(this::tick);
  }

  private void tick(@Nullable String project, Group group) {
    Window.Second second = group.window.roll();
    Accepted before = group.before;
    Accepted now = accepted.get();
    group.before = now;
    backlog
        .apply(project)
        .timeout(PENDING_LIMIT_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            (read, unread) ->
                context.runOnContext(
                    v -> {
                      Moment moment = moment(project, group, second, before, now, read);
                      List.copyOf(group.watchers).forEach(watcher -> watcher.accept(moment));
                    }));
  }

  private Moment moment(
      @Nullable String project,
      Group group,
      Window.Second second,
      Accepted before,
      Accepted now,
      @Nullable Backlog read) {
    Window.Second sum = group.window.sum();
    Map<Integer, CircuitRecord> open = circuits.open();
    return new Moment(
        clock.instant(),
        group.window.length(),
        project == null ? now.events() - before.events() : null,
        project == null ? now.deliveries() - before.deliveries() : null,
        second.attempts(),
        second.delivered(),
        second.failed(),
        sum.attempts() == 0
            ? null
            : Math.round(sum.delivered() * 10_000.0 / sum.attempts()) / 100.0,
        sum.times().percentile(50),
        sum.times().percentile(95),
        sum.times().percentile(99),
        read == null ? null : read.deliveries(),
        read == null ? null : read.oldestMillis(),
        (int) open.keySet().stream().filter(number -> isOf(project, number)).count(),
        group.window.worst().stream()
            .map(
                worst ->
                    new Moment.Worst(
                        worst.webhook(),
                        worst.attempts(),
                        worst.failures(),
                        open.get(worst.webhook().number())))
            .toList());
  }

  private boolean isOf(@Nullable String project, int number) {
    Webhook webhook = index.byNumber(number);
    return webhook != null && (project == null || project.equals(webhook.projectId()));
  }
}
