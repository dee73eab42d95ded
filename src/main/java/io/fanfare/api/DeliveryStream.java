package io.fanfare.api;

import io.fanfare.history.DeliveryStatus;
import io.fanfare.id.IdKind;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.FeedEntry;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries what is recorded to one stream: one hop to its event loop for each flush, and no more
 * than a few on their way, so that a loop that is behind is not buried.
 */
final class DeliveryStream implements Feed.Watcher {
  private static final int HOPS_MAX = 16;

  private final Context loop;
  private final EventStream stream;
  private final Filter filter;
  private final AtomicInteger hops = new AtomicInteger();
  private final AtomicLong missed = new AtomicLong();

  /**
   * Which entries are wanted; all of its parts must hold.
   *
   * @param webhook its number; null for all
   * @param eventType null for every type
   * @param status null for every status
   */
  record Filter(
      Caller caller,
      @Nullable Integer webhook,
      @Nullable String eventType,
      @Nullable DeliveryStatus status) {
    boolean takes(FeedEntry entry) {
      return caller.sees(entry.webhook().projectId())
          && (webhook == null || webhook == entry.webhook().number())
          && (eventType == null || eventType.equals(entry.eventType()))
          && (status == null || status == statusOf(entry));
    }
  }

  DeliveryStream(Context loop, EventStream stream, Filter filter) {
    this.loop = loop;
    this.stream = stream;
    this.filter = filter;
  }

  @Override
  public void recorded(List<FeedEntry> entries) {
    if (hops.get() >= HOPS_MAX) {
      missed.addAndGet(entries.stream().filter(filter::takes).count());
      return;
    }
    hops.incrementAndGet();
    loop.runOnContext(
        v -> {
          hops.decrementAndGet();
          stream.dropped(missed.getAndSet(0));
          for (FeedEntry entry : entries) {
            if (filter.takes(entry)) {
              stream.send("delivery", () -> json(entry));
            }
          }
        });
  }

  private static DeliveryStatus statusOf(FeedEntry entry) {
    return switch (entry.next()) {
      case SUCCESS -> DeliveryStatus.SUCCESS;
      case FAILED -> DeliveryStatus.FAILED;
      case WAIT -> DeliveryStatus.PENDING;
    };
  }

  private static JsonObject json(FeedEntry entry) {
    return new JsonObject()
        .put("delivery_id", IdKind.DELIVERY.format(entry.delivery()))
        .put("webhook_id", entry.webhook().publicId())
        .put("webhook_name", entry.webhook().name())
        .put("project_id", entry.webhook().projectId())
        .put("event_id", IdKind.EVENT.format(entry.event()))
        .put("event_type", entry.eventType())
        .put("status", statusOf(entry).wireName())
        .put("attempt", entry.attempt())
        .put("probe", entry.probe())
        .put("response_code", entry.responseCode())
        .put("response_time", entry.responseMillis())
        .put("error", entry.error())
        .put("ended_at", Timestamps.millis(Instant.ofEpochMilli(entry.endedAtMillis())))
        .put(
            "next_retry",
            entry.nextAtMillis() == 0
                ? null
                : Timestamps.millis(Instant.ofEpochMilli(entry.nextAtMillis())));
  }
}
