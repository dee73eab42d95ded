package io.fanfare.api;

import io.fanfare.bus.Addresses;
import io.fanfare.bus.LocalCodec;
import io.fanfare.event.EventParser;
import io.fanfare.event.NewEvent;
import io.fanfare.event.PublishRequest;
import io.fanfare.event.PublishRequest.Idempotency;
import io.fanfare.event.Published;
import io.fanfare.json.InvalidJsonException;
import io.fanfare.trace.Trace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/events} and {@code POST /api/events/batch}. The body's bytes are checked and
 * sliced here, and become an event in the ingest verticle, as those of every other publisher.
 */
public final class PublishHandler implements ResourceHandler {
  private static final int KEY_LENGTH_MAX = 255;
  private static final int LARGE_BODY_BYTES = 64 * 1024;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final long COMMIT_TIMEOUT_MILLIS = 60_000;
  private static final DeliveryOptions OPTIONS =
      new DeliveryOptions(LocalCodec.OPTIONS).setSendTimeout(COMMIT_TIMEOUT_MILLIS);

  private final int dataBytesMax;
  private final BodyBudget budget;

  /**
   * @param dataBytesMax largest {@code data} of one event
   * @param budget bytes of publishes that are not committed yet, counted from the first byte
   *     received
   */
  public PublishHandler(int dataBytesMax, BodyBudget budget) {
    this.dataBytesMax = dataBytesMax;
    this.budget = budget;
  }

  @Override
  public void addRoutes(Routes routes) {
    routes.post("/api/events", Permission.PUBLISH, request -> publish(request, false));
    routes.post("/api/events/batch", Permission.PUBLISH, request -> publish(request, true));
  }

  private Future<ApiResponse> publish(ApiRequest request, boolean batch) {
    request.noQuery();
    String key = key(request);
    Trace trace = Trace.parse(request.onlyHeader(Trace.HEADER).orElse(null));
    return request
        .body(budget)
        .compose(
            body ->
                published(request, body, batch, key, trace)
                    .onComplete(done -> budget.give(body.length())))
        .map(answer -> ApiResponse.accepted(answer.body().body()))
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private Future<Message<Published>> published(
      ApiRequest request, Buffer body, boolean batch, @Nullable String key, @Nullable Trace trace) {
    return Future.succeededFuture()
        .compose(v -> parsed(request, body, batch))
        .compose(
            parsed -> {
              PublishRequest publish =
                  new PublishRequest(
                      owned(request.caller(), parsed.events()),
                      batch,
                      key == null ? null : idempotency(request.caller(), key, parsed.body()),
                      trace);
              return request
                  .vertx()
                  .eventBus()
                  .<Published>request(Addresses.PUBLISH, publish, OPTIONS);
            });
  }

  @SuppressWarnings("ArrayRecordComponent") // passed on at once, never compared
  private record Parsed(byte[] body, List<NewEvent> events) {}

  private Future<Parsed> parsed(ApiRequest request, Buffer body, boolean batch) {
    byte[] bytes = body.getBytes();
    // A large body would hold up every other connection of this loop.
    return bytes.length > LARGE_BODY_BYTES
        ? request.vertx().executeBlocking(() -> parse(bytes, batch))
        : Future.succeededFuture(parse(bytes, batch));
  }

  private Parsed parse(byte[] bytes, boolean batch) {
    EventParser parser = new EventParser(dataBytesMax);
    try {
      List<NewEvent> events = batch ? parser.batch(bytes) : parser.single(bytes);
      if (parser.tooLarge()) {
        throw ApiException.tooLarge(
            "the data of an event may be "
                + dataBytesMax
                + " bytes at most; send less, or a link to it");
      }
      Faults faults = new Faults();
      parser.faults().forEach(fault -> faults.add(fault.field(), fault.message()));
      faults.enforce();
      return new Parsed(bytes, events);
    } catch (InvalidJsonException e) {
      throw ApiException.malformed(e.getMessage());
    }
  }

  /** The events with the project of the key that publishes them. */
  private static List<NewEvent> owned(Caller caller, List<NewEvent> events) {
    if (caller.projectId() == null) {
      return events;
    }
    List<NewEvent> owned = new ArrayList<>(events.size());
    for (NewEvent event : events) {
      owned.add(
          new NewEvent(
              event.type(), caller.projectFor(event.projectId()), event.timestamp(), event.data()));
    }
    return owned;
  }

  private static @Nullable String key(ApiRequest request) {
    String key = request.header("Idempotency-Key").orElse(null);
    if (key != null && (key.isEmpty() || key.length() > KEY_LENGTH_MAX)) {
      throw ApiException.invalid(
          "Idempotency-Key", "must be 1 to " + KEY_LENGTH_MAX + " characters");
    }
    return key;
  }

  private static Idempotency idempotency(Caller caller, String key, byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return new Idempotency(caller.projectId() == null ? "" : caller.projectId(), key, hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Throwable explained(Throwable failure) {
    if (!(failure instanceof ReplyException reply)) {
      return failure;
    }
    if (reply.failureType() != ReplyFailure.RECIPIENT_FAILURE) {
      return ApiException.unavailable(
          "the service is starting, stopping or overloaded; publish again, with the same Idempotency-Key if you"
              + " gave one",
          RETRY_AFTER);
    }
    return switch (reply.failureCode()) {
      case 400 -> ApiException.malformed(reply.getMessage());
      case 409 -> ApiException.conflict("idempotency_key_reused", reply.getMessage());
      case 503 -> ApiException.unavailable(reply.getMessage(), RETRY_AFTER);
      default -> failure;
    };
  }
}
