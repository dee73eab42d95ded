package io.fanfare.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Keeps a generator at the rate at which deliveries arrive: it holds back while too many that it
 * published have not reached the receiver. Without it publishing runs ahead, and what is measured
 * is a burst that waits in memory and then drains. Not thread-safe: used on one context.
 */
final class Pace {
  /** Twice what the service sends at a time, so that it never runs dry. */
  static final int UNDELIVERED_MAX = 4_096;

  private static final long POLL_MILLIS = 5;

  private final Vertx vertx;
  private final HttpClientAgent client;
  private final int receiverPort;
  private final int most;
  private final Runnable resume;
  private long receivedBefore;
  private long received;
  private boolean held;
  private boolean ended;

  /**
   * @param most deliveries on their way to the receiver
   * @param resume publishes again, after {@link #mayPublish} said no
   */
  Pace(Vertx vertx, int receiverPort, int most, Runnable resume) {
    this.vertx = vertx;
    this.client = vertx.createHttpClient();
    this.receiverPort = receiverPort;
    this.most = most;
    this.resume = resume;
  }

  /** Looks what has arrived so far, then calls {@code resume} for the first time. */
  void start() {
    count(
        count -> {
          receivedBefore = count;
          resume.run();
          poll();
        });
  }

  /** Whether one more may be published when this many deliveries have been. */
  boolean mayPublish(long deliveries) {
    held = deliveries - received >= most;
    return !held;
  }

  /** Stops looking. */
  void end() {
    ended = true;
    client.close();
  }

  private void poll() {
    vertx
        .timer(POLL_MILLIS, TimeUnit.MILLISECONDS)
        .onSuccess(
            tick -> {
              if (!ended) {
                count(this::arrived);
              }
            });
  }

  private void arrived(long count) {
    received = count - receivedBefore;
    if (held) {
      resume.run();
    }
    poll();
  }

  private void count(LongConsumer then) {
    client
        .request(HttpMethod.GET, receiverPort, "127.0.0.1", "/count")
        .compose(HttpClientRequest::send)
        .compose(HttpClientResponse::body)
        .map(Buffer::toJsonObject)
        .onSuccess(json -> then.accept(json.getLong("received")))
        .onFailure(
            failure -> {
              if (!ended) {
                ProcessOutput.failed(failure);
              }
            });
  }
}
