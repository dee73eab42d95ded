package io.fanfare.live;

import io.fanfare.outcome.FeedEntry;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.stats.ResponseTimes;
import io.fanfare.webhook.Webhook;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up the attempts of the last minute, second by second. Bounded, whatever happens: a second
 * remembers so many webhooks. Not thread-safe.
 */
final class Window {
  /** Seconds that shares and percentiles are of. */
  static final int SECONDS = 10;

  /** Seconds that the worst webhooks are of. */
  static final int MINUTE = 60;

  static final int WORST_MAX = 5;

  private static final int WEBHOOKS_MAX = 10_000;

  private final ArrayDeque<Second> seconds = new ArrayDeque<>();
  private Second current = new Second();

  /** Attempts of one webhook. */
  static final class OfWebhook {
    private Webhook webhook;
    private int attempts;
    private int failures;

    OfWebhook(Webhook webhook) {
      this.webhook = webhook;
    }

    Webhook webhook() {
      return webhook;
    }

    int attempts() {
      return attempts;
    }

    int failures() {
      return failures;
    }

    private void add(OfWebhook other) {
      webhook = other.webhook;
      attempts += other.attempts;
      failures += other.failures;
    }
  }

  /** Sums. */
  static final class Second {
    private long attempts;
    private long delivered;
    private long failed;
    private final ResponseTimes times = ResponseTimes.empty();
    private final Map<Integer, OfWebhook> webhooks = new HashMap<>();

    long attempts() {
      return attempts;
    }

    long delivered() {
      return delivered;
    }

    long failed() {
      return failed;
    }

    ResponseTimes times() {
      return times;
    }

    private void add(FeedEntry entry) {
      attempts++;
      if (entry.next() == Next.SUCCESS) {
        delivered++;
      } else if (entry.next() == Next.FAILED) {
        failed++;
      }
      if (entry.responseMillis() != null) {
        times.add(entry.responseMillis());
      }
      int number = entry.webhook().number();
      OfWebhook own = webhooks.get(number);
      if (own == null && webhooks.size() < WEBHOOKS_MAX) {
        own = new OfWebhook(entry.webhook());
        webhooks.put(number, own);
      }
      if (own != null) {
        own.webhook = entry.webhook();
        own.attempts++;
        own.failures += entry.accepted() ? 0 : 1;
      }
    }

    private void add(Second other) {
      attempts += other.attempts;
      delivered += other.delivered;
      failed += other.failed;
      times.merge(other.times.encode());
    }
  }

  /** An attempt of the second that runs. */
  void add(FeedEntry entry) {
    current.add(entry);
  }

  /** The second that runs is over. */
  Second roll() {
    Second over = current;
    seconds.addLast(over);
    if (seconds.size() > MINUTE) {
      seconds.removeFirst();
    }
    current = new Second();
    return over;
  }

  /** How many of the window's seconds there are. */
  int length() {
    return Math.min(SECONDS, seconds.size());
  }

  /** The sums of the window. */
  Second sum() {
    Second sum = new Second();
    seconds.stream().skip(seconds.size() - length()).forEach(sum::add);
    return sum;
  }

  /** The webhooks with the most failed attempts of the last minute; without those that had none. */
  List<OfWebhook> worst() {
    Map<Integer, OfWebhook> sums = new HashMap<>();
    for (Second second : seconds) {
      second.webhooks.forEach(
          (number, own) -> {
            if (sums.size() < WEBHOOKS_MAX || sums.containsKey(number)) {
              sums.computeIfAbsent(number, n -> new OfWebhook(own.webhook)).add(own);
            }
          });
    }
    List<OfWebhook> failing = new ArrayList<>();
    sums.values().stream().filter(own -> own.failures > 0).forEach(failing::add);
    failing.sort(Comparator.comparingInt(OfWebhook::failures).reversed());
    return failing.subList(0, Math.min(WORST_MAX, failing.size()));
  }
}
