package io.fanfare.live;

import io.fanfare.id.IdKind;
import io.fanfare.outcome.Feed;
import io.fanfare.outcome.FeedEntry;
import io.fanfare.outcome.Settlement.Next;
import io.fanfare.trace.Span;
import io.fanfare.trace.Trace;
import io.fanfare.trace.Tracing;
import io.fanfare.webhook.TargetUrl;
import io.fanfare.webhook.Webhook;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a span of each recorded attempt of an event whose trace is recorded. */
public final class AttemptSpans implements Feed.Watcher {
  private final Tracing tracing;

  /** Spans go to this one. */
  public AttemptSpans(Tracing tracing) {
    this.tracing = tracing;
  }

  @Override
  public void recorded(List<FeedEntry> entries) {
    for (FeedEntry entry : entries) {
      Trace trace = entry.trace();
      Trace parent = entry.parent();
      if (trace != null && parent != null && trace.sampled()) {
        tracing.ended(
            new Span(
                trace,
                parent.spanId(),
                "attempt",
                Span.Kind.CLIENT,
                Instant.ofEpochMilli(entry.startedAtMillis()),
                Instant.ofEpochMilli(entry.endedAtMillis()),
                attributes(entry),
                entry.error()));
      }
    }
  }

  /** No path and no query: they may hold what only the receiver may know. */
  private static Map<String, Object> attributes(FeedEntry entry) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("http.request.method", "POST");
    putServer(entry.webhook(), attributes);
    if (entry.responseCode() != null) {
      attributes.put("http.response.status_code", entry.responseCode());
    }
    if (entry.next() != Next.SUCCESS) {
      attributes.put(
          "error.type",
          entry.responseCode() == null ? lower(entry.kind()) : entry.responseCode().toString());
    }
    attributes.put("fanfare.webhook_id", entry.webhook().publicId());
    attributes.put("fanfare.delivery_id", IdKind.DELIVERY.format(entry.delivery()));
    attributes.put("fanfare.event_id", IdKind.EVENT.format(entry.event()));
    attributes.put("fanfare.event_type", entry.eventType());
    attributes.put("fanfare.attempt", entry.attempt());
    attributes.put("fanfare.probe", entry.probe());
    attributes.put("fanfare.outcome", lower(entry.kind()));
    attributes.put("fanfare.next", lower(entry.next()));
    return attributes;
  }

  private static void putServer(Webhook webhook, Map<String, Object> attributes) {
    try {
      TargetUrl url = TargetUrl.parse(webhook.url());
      attributes.put("server.address", url.host());
      attributes.put("server.port", url.port());
    } catch (TargetUrl.RefusedException e) {
      // Nothing was sent there, and the span's error says so.
      return;
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
