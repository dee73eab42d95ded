package io.fanfare.api;

import io.fanfare.event.EventType;
import io.fanfare.history.DeliveryStatus;
import io.fanfare.id.IdKind;
import io.fanfare.live.Moment;
import io.fanfare.live.Pulse;
import io.fanfare.outcome.Feed;
import io.fanfare.webhook.Webhook;
import io.fanfare.webhook.WebhookIndex;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** What happens now: {@code GET /api/deliveries/stream} and {@code GET /api/overview/stream}. */
public final class StreamsHandler implements ResourceHandler {
  private final WebhookIndex index;
  private final Feed feed;
  private final Pulse pulse;
  private final LiveStreams streams;

  public StreamsHandler(WebhookIndex index, Feed feed, Pulse pulse, LiveStreams streams) {
    this.index = index;
    this.feed = feed;
    this.pulse = pulse;
    this.streams = streams;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.stream("/api/deliveries/stream", Permission.READ, this::deliveries).stream(
        "/api/overview/stream", Permission.READ, this::overview);
  }

  private void deliveries(ApiRequest request, Supplier<Future<Boolean>> isKeyValid) {
    QueryReader query = request.query();
    Optional<UUID> webhookId = query.id("webhook_id", IdKind.WEBHOOK);
    Optional<String> eventType = query.text("event_type");
    if (eventType.isPresent() && !EventType.known(eventType.get())) {
      query.fault("event_type", "must be one of " + EventType.names());
    }
    Optional<DeliveryStatus> status =
        query.choice("status", DeliveryStatus.WIRE_NAMES).flatMap(DeliveryStatus::ofWireName);
    query.end();
    Integer webhook =
        webhookId
            .map(
                id ->
                    index
                        .byId(id)
                        .filter(found -> request.caller().sees(found.projectId()))
                        .map(Webhook::number)
                        .orElseThrow(() -> ApiException.notFound("webhook")))
            .orElse(null);
    EventStream stream = EventStream.open(request, streams, isKeyValid);
    DeliveryStream watcher =
        new DeliveryStream(
            request.loop(),
            stream,
            new DeliveryStream.Filter(
                request.caller(), webhook, eventType.orElse(null), status.orElse(null)));
    feed.watch(watcher);
    stream.whenClosed(() -> feed.unwatch(watcher));
  }

  private void overview(ApiRequest request, Supplier<Future<Boolean>> isKeyValid) {
    QueryReader query = request.query();
    Optional<String> asked = query.text("project_id");
    query.end();
    String project = request.caller().projectFor(asked.orElse(null));
    EventStream stream = EventStream.open(request, streams, isKeyValid);
    Context loop = request.loop();
    Runnable end = pulse.watch(project, moment -> loop.runOnContext(v -> send(stream, moment)));
    stream.whenClosed(end);
  }

  private static void send(EventStream stream, Moment moment) {
    stream.send("overview", () -> OverviewJson.of(moment));
  }
}
