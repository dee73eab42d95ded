package io.fanfare.faults;

import io.fanfare.client.FanfareClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes without a pause from several hands, each waiting for its answer, and keeps what became
 * of everything. With keys a request whose fate is open is repeated until it is known.
 */
final class SteadyPublisher {
  private static final int PAUSE_MILLIS = 20;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Vertx vertx;
  private final Post post;
  private final boolean keyed;
  private final int batch;
  private final ProducerLog log;
  private final String name = "p" + NUMBER.incrementAndGet();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger hands = new AtomicInteger();
  private final AtomicInteger acceptedEvents = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger cutOff = new AtomicInteger();
  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private volatile String padding = "";
  private volatile @Nullable String project;
  private volatile long paceMillis;
  private volatile boolean stopped;

  /** How a request gets to the service. */
  private interface Post {
    Future<HttpResponse<Buffer>> send(String key, Buffer body);
  }

  /** A request, which may be sent more than once. */
  private record Request(String key, List<String> marks, Buffer body) {}

  private SteadyPublisher(Vertx vertx, Post post, boolean keyed, int batch, ProducerLog log) {
    this.vertx = vertx;
    this.post = post;
    this.keyed = keyed;
    this.batch = batch;
    this.log = log;
  }

  SteadyPublisher(Vertx vertx, FanfareClient client, int batch) {
    this(vertx, client, batch, new ProducerLog());
  }

  /** One that goes on in the log of an earlier one. */
  SteadyPublisher(Vertx vertx, FanfareClient client, int batch, ProducerLog log) {
    this(
        vertx,
        (key, body) -> client.raw(HttpMethod.POST, "/api/events/batch", body),
        false,
        batch,
        log);
  }

  /** One that gives every request an idempotency key. */
  static SteadyPublisher keyed(Vertx vertx, int port, String token, int batch, ProducerLog log) {
    WebClient client = WebClient.create(vertx);
    return new SteadyPublisher(
        vertx,
        (key, body) ->
            client
                .post(port, "127.0.0.1", "/api/events/batch")
                .putHeader("Authorization", "Bearer " + token)
                .putHeader("Content-Type", "application/json")
                .putHeader("Idempotency-Key", key)
                .timeout(30_000)
                .sendBuffer(body),
        true,
        batch,
        log);
  }

  /** Each hand rests so long after each request. */
  SteadyPublisher resting(long millis) {
    paceMillis = millis;
    return this;
  }

  /** Publishes for a project. */
  SteadyPublisher of(String projectId) {
    project = projectId;
    return this;
  }

  /** Makes the events this much larger from now on. */
  SteadyPublisher padded(int bytes) {
    padding = "x".repeat(bytes);
    return this;
  }

  SteadyPublisher start(int count) {
    for (int i = 0; i < count; i++) {
      hands.incrementAndGet();
      next();
    }
    return this;
  }

  /** What is known of every event. */
  ProducerLog log() {
    return log;
  }

  /** How many events got a 2xx. */
  int accepted() {
    return acceptedEvents.get();
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
    String key = name + "-" + requests.incrementAndGet();
    List<String> marks = new ArrayList<>();
    JsonArray events = new JsonArray();
    for (int i = 0; i < batch; i++) {
      String mark = key + "-" + i;
      JsonObject data = new JsonObject().put("mark", mark);
      if (!padding.isEmpty()) {
        data.put("padding", padding);
      }
      marks.add(mark);
      log.submitted(mark, data.encode());
      JsonObject event = new JsonObject().put("event", "build.started").put("data", data);
      events.add(project == null ? event : event.put("project_id", project));
    }
    send(new Request(key, marks, new JsonObject().put("events", events).toBuffer()));
  }

  private void send(Request request) {
    post.send(request.key(), request.body())
        .onComplete(
            (answer, failure) -> {
              boolean known = answer != null && note(request, answer);
              if (answer == null) {
                cutOff.incrementAndGet();
              }
              if (stopped) {
                hands.decrementAndGet();
              } else if (answer != null && answer.statusCode() == 202 && paceMillis == 0) {
                next();
              } else if (answer != null && answer.statusCode() == 202) {
                vertx.setTimer(paceMillis, timer -> next());
              } else if (keyed && !known) {
                vertx.setTimer(PAUSE_MILLIS, timer -> send(request));
              } else {
                vertx.setTimer(PAUSE_MILLIS, timer -> next());
              }
            });
  }

  /** Whether the fate of the request is known now. */
  private boolean note(Request request, HttpResponse<Buffer> answer) {
    if (answer.statusCode() == 202) {
      JsonArray events = answer.bodyAsJsonObject().getJsonArray("events");
      for (int i = 0; i < request.marks().size(); i++) {
        log.accepted(request.marks().get(i), events.getJsonObject(i).getString("event_id"));
      }
      acceptedEvents.addAndGet(request.marks().size());
      return true;
    }
    boolean busy = answer.statusCode() == 503 && answer.getHeader("Retry-After") != null;
    if (busy) {
      refused.incrementAndGet();
    } else {
      wrong.add(answer.statusCode() + " " + answer.bodyAsString());
    }
    // The one refusal that leaves it open says so.
    if (!busy || answer.bodyAsString().contains("does not answer")) {
      return false;
    }
    request.marks().forEach(log::refused);
    return true;
  }
}
