package io.fanfare.live;

import io.fanfare.config.LogConfig;
import io.fanfare.id.IdKind;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.FeedEntry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes one line a recorded attempt to the log, with ids, figures and what follows: nothing of the
 * payload, of headers or of an answer's body. On a worker of its own, because a log may be slow;
 * lines for which it has no time are dropped, and it says how many.
 */
public final class AttemptLogVerticle extends VerticleBase implements Feed.Watcher {
  private static final Logger LINES = LoggerFactory.getLogger(LogConfig.ATTEMPTS);
  private static final Logger LOG = LoggerFactory.getLogger(AttemptLogVerticle.class);
  // Some 5 MB of entries at most.
  private static final int WAITING_MAX = 16_384;

  private final Feed feed;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();

  /** Writes down what this one tells. */
  public AttemptLogVerticle(Feed feed) {
    this.feed = feed;
  }

  /** A worker thread with a pool of its own: where it waits for the log nobody else does. */
  public static DeploymentOptions options() {
    return new DeploymentOptions()
        .setThreadingModel(ThreadingModel.WORKER)
        .setWorkerPoolName("attempt-log")
        .setWorkerPoolSize(1);
  }

  @Override
  public Future<?> start() {
    feed.watch(this);
    return Future.succeededFuture();
  }

  /** What was recorded before is written by then. */
  @Override
  public Future<?> stop() {
    feed.unwatch(this);
    return Future.succeededFuture();
  }

  @Override
  public void recorded(List<FeedEntry> entries) {
    if (waiting.addAndGet(entries.size()) > WAITING_MAX) {
      waiting.addAndGet(-entries.size());
      dropped.addAndGet(entries.size());
      return;
    }
    context.runOnContext(v -> write(entries));
  }

  private void write(List<FeedEntry> entries) {
    entries.forEach(AttemptLogVerticle::write);
    waiting.addAndGet(-entries.size());
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      LOG.warn("{} attempts were not logged: the log is slower than the deliveries", lost);
    }
  }

  private static void write(FeedEntry entry) {
    LoggingEventBuilder line =
        LINES
            .atInfo()
            .addKeyValue("delivery_id", IdKind.DELIVERY.format(entry.delivery()))
            .addKeyValue("event_id", IdKind.EVENT.format(entry.event()))
            .addKeyValue("webhook_id", entry.webhook().publicId())
            .addKeyValue("event_type", entry.eventType())
            .addKeyValue("attempt", entry.attempt())
            .addKeyValue("probe", entry.probe())
            .addKeyValue("outcome", entry.kind().name().toLowerCase(Locale.ROOT))
            .addKeyValue("status", status(entry));
    if (entry.responseCode() != null) {
      line = line.addKeyValue("response_code", entry.responseCode());
    }
    if (entry.responseMillis() != null) {
      line = line.addKeyValue("response_time", entry.responseMillis());
    }
    line =
        line.addKeyValue("duration", entry.endedAtMillis() - entry.startedAtMillis())
            .addKeyValue("started_at", Instant.ofEpochMilli(entry.startedAtMillis()));
    if (entry.error() != null) {
      line = line.addKeyValue("error", entry.error());
    }
    if (entry.nextAtMillis() != 0) {
      line = line.addKeyValue("next_at", Instant.ofEpochMilli(entry.nextAtMillis()));
    }
    if (entry.trace() != null) {
      line = line.addKeyValue("trace_id", entry.trace().traceId());
    }
    line.log("attempt");
  }

  /** What the delivery is by now, in the words of the API. */
  private static String status(FeedEntry entry) {
    return switch (entry.next()) {
      case SUCCESS -> "success";
      case FAILED -> "failed";
      case WAIT -> "pending";
    };
  }
}
