package io.fanfare.api;

import io.fanfare.config.LiveConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * An answer that goes on: server-sent events (WHATWG HTML, section 9.2). What comes is queued, up
 * to a bound, and written a few times a second as far as the client reads; the rest is dropped, and
 * the stream says how much. It ends when the client goes, its key is revoked, or the service shuts
 * down.
 *
 * <p>Used on the event loop of its connection only, but for {@link #closeForShutdown}.
 */
final class EventStream {
  private static final long FLUSH_MILLIS = 20;
  private static final int WRITE_BYTES = 256 << 10;
  // Asked so often, a revoked key is known within a second.
  private static final long KEY_CHECK_MILLIS = 900;
  private static final int STALLED_HEARTBEATS = 4;

  private final Vertx vertx;
  private final Context loop;
  private final HttpServerResponse response;
  private final LiveStreams streams;
  private final LiveConfig config;
  private final ArrayDeque<Entry> queue = new ArrayDeque<>();
  private final Buffer heartbeat = Buffer.buffer(": \n\n");
  private long dropped;
  private boolean scheduled;
  private boolean closed;
  private boolean wrote;
  private int stalled;
  private long heartbeatTimer = -1;
  private long keyTimer = -1;
  private Runnable onClosed = () -> {};

  /** Made into text when it is written. */
  private record Entry(String event, Supplier<JsonObject> data) {}

  private EventStream(ApiRequest request, LiveStreams streams) {
    this.vertx = request.vertx();
    this.loop = request.loop();
    this.response = request.response();
    this.streams = streams;
    this.config = streams.config();
  }

  /**
   * Begins the answer. One to {@code HEAD} is only that, and closed at once.
   *
   * @param isKeyValid asks whether the caller's key is still valid
   * @throws ApiException 503 where there are too many streams
   */
  static EventStream open(
      ApiRequest request, LiveStreams streams, Supplier<Future<Boolean>> isKeyValid) {
    EventStream stream = new EventStream(request, streams);
    if (request.isHead()) {
      stream.head();
      return stream;
    }
    if (!streams.add(stream)) {
      throw ApiException.unavailable(
          "too many streams are open; close one, or raise live.streams_max",
          java.time.Duration.ofSeconds(10));
    }
    stream.begin(isKeyValid);
    return stream;
  }

  private void putHeaders() {
    response
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        // Proxies that gather answers would keep them for ever.
        .putHeader("X-Accel-Buffering", "no");
  }

  private void head() {
    putHeaders();
    closed = true;
    response.end();
  }

  private void begin(Supplier<Future<Boolean>> isKeyValid) {
    putHeaders();
    response.setChunked(true);
    response.closeHandler(v -> closed());
    response.exceptionHandler(broken -> closed());
    response.drainHandler(v -> flush());
    response.write("retry: 2000\n\n");
    heartbeatTimer = vertx.setPeriodic(config.heartbeat().toMillis(), tick -> beat());
    keyTimer =
        vertx.setPeriodic(
            KEY_CHECK_MILLIS,
            tick ->
                isKeyValid
                    .get()
                    // A database that is away is no reason to close it.
                    .onSuccess(
                        valid -> {
                          if (!valid) {
                            end("key_revoked");
                          }
                        }));
  }

  /** Runs this once it is closed, at once where it is already. */
  void whenClosed(Runnable handler) {
    if (closed) {
      handler.run();
    } else {
      onClosed = handler;
    }
  }

  /**
   * Sends an event, unless too many wait.
   *
   * @param data is made when there is room to write it
   */
  void send(String event, Supplier<JsonObject> data) {
    if (closed) {
      return;
    }
    if (queue.size() >= config.streamQueueMax()) {
      dropped++;
      return;
    }
    sayDropped();
    queue.add(new Entry(event, data));
    schedule();
  }

  /** So many were dropped before they came here. */
  void dropped(long count) {
    if (!closed && count > 0) {
      dropped += count;
      schedule();
    }
  }

  /** In the place where they are missing. */
  private void sayDropped() {
    if (dropped > 0) {
      long count = dropped;
      dropped = 0;
      queue.add(new Entry("dropped", () -> new JsonObject().put("dropped", count)));
    }
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(
          FLUSH_MILLIS,
          tick -> {
            scheduled = false;
            flush();
          });
    }
  }

  private void flush() {
    if (closed || response.writeQueueFull()) {
      return;
    }
    Buffer out = Buffer.buffer();
    while (out.length() < WRITE_BYTES) {
      Entry entry = queue.poll();
      if (entry == null && dropped > 0) {
        sayDropped();
        entry = queue.poll();
      }
      if (entry == null) {
        break;
      }
      append(out, entry.event(), entry.data().get());
    }
    if (out.length() > 0) {
      wrote = true;
      response.write(out);
    }
    if (!queue.isEmpty()) {
      schedule();
    }
  }

  private static void append(Buffer out, String event, JsonObject data) {
    // JSON has no line breaks of its own, so one line holds it.
    out.appendString("event: ")
        .appendString(event)
        .appendString("\ndata: ")
        .appendBuffer(data.toBuffer())
        .appendString("\n\n");
  }

  private void beat() {
    if (closed) {
      return;
    }
    if (response.writeQueueFull()) {
      stalled++;
      if (stalled >= STALLED_HEARTBEATS) {
        // It reads nothing: what would be written is only memory.
        response.reset();
        closed();
      }
      return;
    }
    stalled = 0;
    if (!wrote) {
      response.write(heartbeat);
    }
    wrote = false;
  }

  /** The service shuts down. From any thread. */
  void closeForShutdown() {
    loop.runOnContext(v -> end("shutdown"));
  }

  private void end(String reason) {
    if (closed) {
      return;
    }
    Buffer out = Buffer.buffer();
    append(out, "end", new JsonObject().put("reason", reason));
    closed();
    response.end(out);
  }

  private void closed() {
    if (closed) {
      return;
    }
    closed = true;
    queue.clear();
    vertx.cancelTimer(heartbeatTimer);
    vertx.cancelTimer(keyTimer);
    streams.remove(this);
    onClosed.run();
  }

  /** What a stream is opened by. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it, or throws an {@link ApiException}.
     *
     * @param isKeyValid asks whether the caller's key is still valid
     */
    void open(ApiRequest request, Supplier<Future<Boolean>> isKeyValid);
  }
}
