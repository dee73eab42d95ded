package io.fanfare.trace;

import io.fanfare.config.TracingConfig;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to a collector by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/), a batch
 * at a time and one after the other. Who records a span never waits for it: while a collector is
 * slow or away, the queue fills, and what has no room there is dropped and counted.
 *
 * <pre>
 *   queue ─► batch ─► POST ─┬─► taken ─► next
 *              ▲            ├─► 429, 502, 503, 504, no answer: after a while, some times ─┐
 *              └────────────│─────────────────────────────────────────────────────────────┘
 *                           └─► any other answer, or too many times: dropped ─► next
 * </pre>
 */
public final class SpanExportVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SpanExportVerticle.class);

  private static final long TICK_MILLIS = 1_000;
  private static final long STOP_MILLIS = 2_000;
  private static final int TRIES = 5;
  private static final int NO_ANSWER = 0;
  // What the specification says may be sent again; and where nothing was answered at all.
  private static final Set<Integer> AGAIN = Set.of(NO_ANSWER, 429, 502, 503, 504);

  private final SpanQueue queue;
  private final SpanListener listener;
  private final String url;
  private final Map<String, String> headers;
  private final long timeoutMillis;
  private HttpClient client;
  private long tick;
  private @Nullable Future<Void> sending;
  private boolean stopping;
  private boolean failing;

  /**
   * @param queue from which it takes
   * @param listener is told what became of them
   */
  @SuppressWarnings("NullAway.Init") // the client is made at start
  public SpanExportVerticle(TracingConfig config, SpanQueue queue, SpanListener listener) {
    this.queue = queue;
    this.listener = listener;
    this.url = config.url();
    this.headers = config.headersByName();
    this.timeoutMillis = config.timeout().toMillis();
  }

  /** A worker thread: encoding thousands of spans would hold up an event loop. */
  public static DeploymentOptions options() {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
  }

  @Override
  public Future<?> start() {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout((int) timeoutMillis),
            new PoolOptions().setHttp1MaxSize(1));
    queue.onBatch(() -> context.runOnContext(v -> pump()));
    tick = vertx.setPeriodic(TICK_MILLIS, timer -> pump());
    return Future.succeededFuture();
  }

  /** Sends what is left, as far as that goes at once. */
  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(tick);
    queue.onBatch(() -> {});
    Future<Void> before = sending == null ? Future.succeededFuture() : sending;
    return before
        .compose(v -> sendRest())
        .timeout(STOP_MILLIS, TimeUnit.MILLISECONDS)
        .transform(
            done -> {
              dropRest();
              return client.close();
            });
  }

  private Future<Void> sendRest() {
    List<Span> batch = queue.take();
    return batch.isEmpty() ? Future.succeededFuture() : send(batch).compose(v -> sendRest());
  }

  private void dropRest() {
    for (List<Span> rest = queue.take(); !rest.isEmpty(); rest = queue.take()) {
      listener.dropped(rest.size());
    }
  }

  private void pump() {
    if (sending != null || stopping) {
      return;
    }
    List<Span> batch = queue.take();
    if (batch.isEmpty()) {
      return;
    }
    Future<Void> sent = send(batch);
    sending = sent;
    sent.onComplete(
        done -> {
          sending = null;
          if (queue.hasBatch()) {
            pump();
          }
        });
  }

  /** Sends a batch or drops it; never fails. */
  private Future<Void> send(List<Span> batch) {
    return send(Buffer.buffer(OtlpRequest.of(batch)), batch.size(), 1);
  }

  private Future<Void> send(Buffer body, int spans, int n) {
    return post(body)
        .transform(
            (status, failure) -> {
              int answered = status == null ? NO_ANSWER : status;
              if (answered / 100 == 2) {
                taken(spans);
                return Future.succeededFuture();
              }
              refused(answered, failure);
              if (n < TRIES && !stopping && AGAIN.contains(answered)) {
                return vertx
                    .timer(TICK_MILLIS << (n - 1), TimeUnit.MILLISECONDS)
                    .compose(tick -> send(body, spans, n + 1));
              }
              listener.dropped(spans);
              return Future.succeededFuture();
            });
  }

  private Future<Integer> post(Buffer body) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url)
            .putHeader("content-type", "application/x-protobuf");
    headers.forEach(options::putHeader);
    return client
        .request(options)
        .compose(
            request ->
                request
                    .send(body)
                    .compose(response -> response.end().map(response.statusCode()))
                    .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
                    // Else it would keep the only connection.
                    .onFailure(failure -> request.reset()));
  }

  private void taken(int spans) {
    listener.exported(spans);
    if (failing) {
      failing = false;
      LOG.info("the collector at {} takes spans again", url);
    }
  }

  /** Said once for a row of failures. */
  private void refused(int status, @Nullable Throwable failure) {
    if (!failing) {
      failing = true;
      LOG.warn(
          "the collector at {} does not take spans: {}",
          url,
          failure == null ? "it answered " + status : failure.toString());
    }
  }
}
