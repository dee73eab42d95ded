package io.fanfare.event;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.trace.Trace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events from a verticle of the same Vert.x. A future completes after the commit: from
 * then on the event is not lost. It fails with a {@link io.vertx.core.eventbus.ReplyException}: for
 * a refusal, {@code failureType} is {@code RECIPIENT_FAILURE} and {@code failureCode} the HTTP
 * status that REST would answer. Any other failure type means that nobody answered: then the event
 * may or may not have been accepted, and a repeated call with the same idempotency key is safe.
 */
public final class EventPublisher {
  private static final int DATA_BYTES_MAX = 1 << 20;
  private static final long SEND_TIMEOUT_MILLIS = 60_000;

  private final Vertx vertx;
  private final @Nullable Trace trace;
  private final DeliveryOptions options =
      new DeliveryOptions(LocalCodec.OPTIONS).setSendTimeout(SEND_TIMEOUT_MILLIS);

  /** A publisher on the Vert.x in which Fanfare is deployed. */
  public EventPublisher(Vertx vertx) {
    this.vertx = vertx;
    this.trace = null;
    LocalCodec.register(vertx);
  }

  private EventPublisher(Vertx vertx, @Nullable Trace trace) {
    this.vertx = vertx;
    this.trace = trace;
  }

  /**
   * A publisher whose events belong to a trace, which their receivers get to see. Cheap: make one
   * for each call.
   *
   * @param traceparent of W3C Trace Context, as in the header of that name; an invalid one is
   *     ignored
   */
  public EventPublisher traced(@Nullable String traceparent) {
    return new EventPublisher(vertx, Trace.parse(traceparent));
  }

  /** Publishes an event; {@code data} is encoded once. */
  public Future<JsonObject> publish(String type, JsonObject data) {
    return publish(type, data.toBuffer(), null, null, null);
  }

  /**
   * Publishes an event whose {@code data} reaches the receivers byte for byte.
   *
   * @param data raw JSON, an object
   */
  public Future<JsonObject> publish(String type, Buffer data) {
    return publish(type, data, null, null, null);
  }

  /**
   * Publishes an event.
   *
   * @param data raw JSON, an object of at most 1 MiB
   * @param projectId null: that of the data, if it has one
   * @param timestamp ISO 8601; null means now
   * @param idempotencyKey 1 to 255 characters; null for none
   * @return the members of REST's answer
   */
  public Future<JsonObject> publish(
      String type,
      Buffer data,
      @Nullable String projectId,
      @Nullable String timestamp,
      @Nullable String idempotencyKey) {
    try {
      EventParser parser = new EventParser(DATA_BYTES_MAX);
      NewEvent event = parser.raw(type, projectId, timestamp, data);
      BusRequests.requireSound(parser);
      PublishRequest request =
          new PublishRequest(
              List.of(Objects.requireNonNull(event, "no fault, and no event")),
              false,
              idempotencyKey == null
                  ? null
                  : BusRequests.idempotency(
                      "", idempotencyKey, identity(type, projectId, timestamp, data)),
              trace);
      return vertx
          .eventBus()
          .<Published>request(Addresses.PUBLISH, request, options)
          .map(Message::body)
          .map(Published::json);
    } catch (InvalidJsonException e) {
      return Future.failedFuture(PublishException.invalid(e.getMessage()));
    } catch (PublishException e) {
      return Future.failedFuture(e);
    }
  }

  /** What two calls must have in common to be the same one. */
  private static byte[] identity(
      String type, @Nullable String projectId, @Nullable String timestamp, Buffer data) {
    return Buffer.buffer(type + '\0' + projectId + '\0' + timestamp + '\0')
        .appendBuffer(data)
        .getBytes();
  }
}
