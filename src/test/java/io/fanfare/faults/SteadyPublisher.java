package io.fanfare.faults;

import io.fanfare.client.FanfareClient;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Publishes without a pause from several hands, each waiting for its answer, and keeps what became
 * of everything: a producer's log.
 */
final class SteadyPublisher {
  private static final int PAUSE_MILLIS = 20;

  private final Vertx vertx;
  private final FanfareClient client;
  private final int batch;
  private final AtomicInteger hands = new AtomicInteger();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger cutOff = new AtomicInteger();
  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  SteadyPublisher(Vertx vertx, FanfareClient client, int batch) {
    this.vertx = vertx;
    this.client = client;
    this.batch = batch;
  }

  SteadyPublisher start(int count) {
    for (int i = 0; i < count; i++) {
      hands.incrementAndGet();
      next();
    }
    return this;
  }

  /** Events that got a 2xx. */
  Set<String> accepted() {
    return accepted;
  }

  /** How many requests got a 503. */
  int refused() {
    return refused.get();
  }

  /** How many requests got no answer. */
  int cutOff() {
    return cutOff.get();
  }

  /** Answers that should not be. */
  Set<String> wrong() {
    return wrong;
  }

  /** Publishes nothing more. */
  void stop() {
    stopped = true;
  }

  /** Whether every request has ended. */
  boolean isQuiet() {
    return hands.get() == 0;
  }

  private void next() {
    if (stopped) {
      hands.decrementAndGet();
      return;
    }
    JsonArray events = new JsonArray();
    for (int i = 0; i < batch; i++) {
      events.add(
          new JsonObject().put("event", "build.started").put("data", new JsonObject().put("i", i)));
    }
    client
        .raw(
            HttpMethod.POST, "/api/events/batch", new JsonObject().put("events", events).toBuffer())
        .onComplete(
            (answer, failure) -> {
              boolean taken = answer != null && note(answer);
              if (answer == null) {
                cutOff.incrementAndGet();
              }
              if (taken) {
                next();
              } else {
                vertx.setTimer(PAUSE_MILLIS, timer -> next());
              }
            });
  }

  private boolean note(HttpResponse<Buffer> answer) {
    if (answer.statusCode() == 202) {
      answer
          .bodyAsJsonObject()
          .getJsonArray("events")
          .forEach(event -> accepted.add(((JsonObject) event).getString("event_id")));
      return true;
    }
    if (answer.statusCode() == 503 && answer.getHeader("Retry-After") != null) {
      refused.incrementAndGet();
    } else {
      wrong.add(answer.statusCode() + " " + answer.bodyAsString());
    }
    return false;
  }
}
